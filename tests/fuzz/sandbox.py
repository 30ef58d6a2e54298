"""The directories that a case runs in, and what it changes there.

base/                      one per worker
  cache/ helm/             caches of helm-llm and Helm, shared by its cases
  fake/helm                prints the files in $FUZZ_PRINTED
  case/                    written for each case; compared before and after its run
    checkout/              the working directory
    outside/               contains a secret that no run may print
    home/ tmp/
  printed/ streams/        what the fake Helm prints; the outputs of the run
"""

import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.fuzz.case import FAKE, Case

OUTSIDE = "text-outside-of-the-checkout-3f9c1"
"""A part of outside/secret.yaml."""

_FAKE_HELM = """#!/bin/sh
[ "$1" = version ] && { echo v3.22.0; exit; }
. "$FUZZ_PRINTED/script"
cat "$FUZZ_PRINTED/stderr" >&2
cat "$FUZZ_PRINTED/stdout"
read -r code <"$FUZZ_PRINTED/code"
exit "$code"
"""

Snapshot = Mapping[str, tuple[object, ...]]


@dataclass(frozen=True)
class Sandbox:
    """The directories of one worker."""

    base: Path
    helms: Mapping[str, str]
    """Paths of the real Helms: `helm3`, `helm4`."""

    @cached_property
    def fake(self) -> str:
        """The path of the fake Helm."""
        file = self.base / "fake" / "helm"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_FAKE_HELM)
        file.chmod(0o755)
        return str(file)

    @property
    def case(self) -> Path:
        """The directory that is compared before and after a run."""
        return self.base / "case"

    @property
    def checkout(self) -> Path:
        """The working directory of a run."""
        return self.case / "checkout"

    @property
    def streams(self) -> Path:
        """The outputs of a run."""
        return self.base / "streams"

    def lay_out(self, case: Case) -> None:
        """Replace the files of the last case by those of this one."""
        shutil.rmtree(self.case, ignore_errors=True)
        for name in ("checkout/.git", "outside", "home", "tmp"):
            (self.case / name).mkdir(parents=True)
        (self.case / "outside" / "secret.yaml").write_text(f"replicaCount: {OUTSIDE}\n")
        write_files(self.checkout, case)
        self._lay_out_streams(case)

    def _lay_out_streams(self, case: Case) -> None:
        for name in ("printed", "streams", "cache", "helm"):
            (self.base / name).mkdir(exist_ok=True)
        (self.streams / "in").write_bytes(case.stdin or b"")
        for name, usual in (
            ("stdout", b""),
            ("stderr", b""),
            ("code", b"0\n"),
            ("script", b""),
        ):
            (self.base / "printed" / name).write_bytes(case.printed.get(name, usual))

    def environment(self, case: Case) -> dict[str, str]:
        """Return all variables of a run; only PATH comes from the caller."""
        helm = str(self.base / "helm")
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.case / "home"),
            "TMPDIR": str(self.case / "tmp"),
            "HELM_LLM_HOME": str(self.base / "cache"),
            "HELM_BIN": self.fake if case.helm in ("", FAKE) else self.helms[case.helm],
            "FUZZ_PRINTED": str(self.base / "printed"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HELM_CACHE_HOME": helm,
            "HELM_CONFIG_HOME": helm,
            "HELM_DATA_HOME": helm,
            **case.environment,
        }

    def snapshot(self) -> Snapshot:
        """Return kind, mode and content of everything below case/."""
        return {
            str(path.relative_to(self.case)): _state(path)
            for path in sorted(_below(self.case))
        }


def write_files(top: Path, case: Case) -> None:
    """Write the files and links of a case below a directory."""
    for name, content in case.files.items():
        path = top / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("|"):
            os.mkfifo(str(path).removesuffix("|"))
            continue
        path.write_bytes(content)
    for name, target in case.links.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)


def _below(top: Path) -> list[Path]:
    return [
        Path(directory, name)
        for directory, names, files in os.walk(top)
        for name in (*names, *files)
    ]


def _state(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return ("link", str(path.readlink()))
    if stat.S_ISREG(status.st_mode):
        return ("file", status.st_mode, path.read_bytes())
    return ("other", status.st_mode)
