"""The Helm binary: which one, its version, and `helm template`."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from helm_llm import process
from helm_llm.cache import cache_directory, replace_file
from helm_llm.errors import ToolError

OLDEST = (3, 17, 0)

_CURE = "install Helm 3.17 or newer, set HELM_BIN to it, or lint without rendering: --no-render"


@dataclass(frozen=True)
class Helm:
    """One Helm binary by its absolute path, and how long it may take for what reaches no cluster."""

    binary: str
    seconds: float = process.SECONDS

    @cached_property
    def version(self) -> tuple[int, int, int]:
        """(major, minor, patch); raises ToolError when it is older than we support."""
        version = _remembered_version(self.binary, self.seconds)
        if version < OLDEST:
            found, oldest = (".".join(map(str, v)) for v in (version, OLDEST))
            raise ToolError(
                f"{self.binary} is Helm {found}, helm-llm needs {oldest} or newer: {_CURE}"
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
            local(chart),
            stdin=stdin,
            timeout=self.seconds,
        )

    def pull(self, reference: str, version: str, directory: str) -> process.Completed:
        """`helm pull` of a chart's archive into a directory; an empty version is the newest."""
        wanted = [f"--version={version}"] if version else []
        argv = (
            self.binary,
            "pull",
            f"--destination={directory}",
            *wanted,
            "--",
            reference,
        )
        return process.run(*argv, timeout=self.seconds)


def local(path: str) -> str:
    """A path that Helm can take for nothing else: not for `repo/name`, nor for a URL that starts a getter plugin."""
    return path if path == "-" or Path(path).is_absolute() else os.path.join(".", path)  # noqa: PTH118 - keeps the dot


def find_helm(seconds: float = process.SECONDS) -> Helm:
    """HELM_BIN, as Helm sets it for its plugins, else `helm` on PATH; raises ToolMissing."""
    wanted = os.environ.get("HELM_BIN") or "helm"
    found = shutil.which(wanted)
    if not found:
        raise process.ToolMissing(wanted, _CURE)
    return Helm(str(Path(found).absolute()), seconds)


def _remembered_version(binary: str, seconds: float) -> tuple[int, int, int]:
    """Asking costs as much as a lint, so answers are kept, by the binary's path, size and time."""
    status, store = Path(binary).stat(), cache_directory() / "helm-versions.json"
    key = f"{binary}:{status.st_size}:{status.st_mtime_ns}"
    try:
        known = dict(json.loads(store.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        known = {}
    if not _parsed(known.get(key, "")):
        known = {key: _asked(binary, seconds), **dict(list(known.items())[:20])}
        replace_file(store, json.dumps(known, indent=0))
    version = _parsed(known[key])
    if not version:
        raise ToolError(
            f"`{binary} version` printed {known[key]!r}, which is no Helm version: {_CURE}"
        )
    return version


def _asked(binary: str, seconds: float) -> str:
    completed = process.run(
        binary, "version", "--template", "{{.Version}}", timeout=seconds
    )
    if completed.code:
        raise process.CommandFailed(completed)
    return completed.stdout.strip()


def _parsed(text: object) -> tuple[int, int, int] | None:
    match = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", str(text))
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None
