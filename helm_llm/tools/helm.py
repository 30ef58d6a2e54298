"""The Helm binary: where it is, its version, and the commands without a cluster."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from helm_llm import process
from helm_llm.cache import cache_directory, replace_file
from helm_llm.errors import ToolError

OLDEST = (3, 17, 0)

_REMEMBERED = 20
_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.(\d+))?")
_HELP = (
    "install Helm 3.17 or newer, set HELM_BIN to it, "
    "or lint without rendering: --no-render"
)


@dataclass(frozen=True)
class Helm:
    """One Helm binary by its absolute path.

    `seconds` is the deadline of its commands that reach no cluster.
    """

    binary: str
    seconds: float = process.SECONDS

    @cached_property
    def version(self) -> tuple[int, int, int]:
        """(major, minor, patch); raises ToolError if it is older than supported."""
        version = _remembered_version(self.binary, self.seconds)
        if version < OLDEST:
            found, oldest = _dotted(version), _dotted(OLDEST)
            raise ToolError(
                f"{self.binary} is Helm {found}, "
                f"but helm-llm needs {oldest} or newer: {_HELP}"
            )
        return version

    def template(
        self, release: str, chart: str, arguments: Sequence[str], stdin: str | None
    ) -> process.Running:
        """Start `helm template RELEASE CHART ...`."""
        return process.start(
            self.binary,
            "template",
            *arguments,
            "--",
            release,
            local_path(chart),
            stdin=stdin,
            timeout=self.seconds,
        )

    def pull(self, reference: str, version: str, directory: str) -> process.Completed:
        """Pull the archive of a chart into a directory.

        An empty version is the newest one.
        """
        flags = [f"--destination={directory}"]
        if version:
            flags.append(f"--version={version}")
        return process.run(
            self.binary, "pull", *flags, "--", reference, timeout=self.seconds
        )


def _dotted(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))


def local_path(path: str) -> str:
    """Return a path that Helm can only read as a path.

    Without the leading `./`, Helm might read it as `repo/name`, or as a URL that starts
    a plugin.
    """
    if path == "-" or Path(path).is_absolute():
        return path
    return os.path.join(".", path)  # noqa: PTH118 - Path would remove the dot


def find_helm(seconds: float = process.SECONDS) -> Helm:
    """Find HELM_BIN, which Helm sets for its plugins, else `helm` on PATH.

    Raises ToolMissing.
    """
    name = os.environ.get("HELM_BIN") or "helm"
    # Imported here: it loads compression libraries, and a lint that does not render
    # needs no binary.
    from shutil import which

    path = which(name)
    if not path:
        raise process.ToolMissing(name, _HELP)
    return Helm(str(Path(path).absolute()), seconds)


def _remembered_version(binary: str, seconds: float) -> tuple[int, int, int]:
    """Return the version of a binary, from the cache if possible.

    `helm version` takes as long as a lint, so the cache keeps its output by path, size
    and modification time of the binary.
    """
    status, store = Path(binary).stat(), cache_directory() / "helm-versions.json"
    key = f"{binary}:{status.st_size}:{status.st_mtime_ns}"
    outputs = _load_outputs(store)
    version = _parse_version(outputs.get(key, ""))
    if version:
        return version
    output = _version_output(binary, seconds)
    outputs.pop(key, None)
    # The newest comes first, and the oldest is forgotten.
    remembered = {key: output, **dict(list(outputs.items())[:_REMEMBERED])}
    replace_file(store, json.dumps(remembered, indent=0))
    version = _parse_version(output)
    if not version:
        raise ToolError(
            f"`{binary} version` printed {output!r}, "
            f"which is not a Helm version: {_HELP}"
        )
    return version


def _load_outputs(store: Path) -> dict[str, object]:
    try:
        return dict(json.loads(store.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _version_output(binary: str, seconds: float) -> str:
    completed = process.run(
        binary, "version", "--template", "{{.Version}}", timeout=seconds
    )
    if completed.code:
        raise process.CommandFailed(completed)
    return completed.stdout.strip()


def _parse_version(output: object) -> tuple[int, int, int] | None:
    match = _VERSION.match(str(output))
    if not match:
        return None
    return int(match[1]), int(match[2]), int(match[3] or 0)
