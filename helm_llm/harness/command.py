"""`helm llm test`: from options to an exit code."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helm_llm.errors import UsageError
from helm_llm.harness.case import Case
from helm_llm.harness.reporters import REPORTERS
from helm_llm.harness.reporters.progress import Progress
from helm_llm.harness.result import RunResult
from helm_llm.harness.site import Site, Tools
from helm_llm.process import ToolMissing
from helm_llm.tools.helm import Helm
from helm_llm.tools.kubectl import Access


@dataclass(frozen=True, slots=True)
class TestOptions:
    """What the command line asked for."""

    __test__ = False

    release: str
    namespace: str
    access: Access
    seconds: float | None
    artifacts: Path | None
    format: str
    junit: Path | None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> TestOptions:
        """From the parameters of the click command, named as its flags are."""
        return cls(
            release=options["release"],
            namespace=options["namespace"] or os.environ.get("HELM_NAMESPACE") or "default",
            access=Access.current(options["kubeconfig"] or "", options["kube_context"] or ""),
            seconds=_seconds(options["timeout"]),
            artifacts=_path(options["artifacts"]),
            format=options["format_"],
            junit=_path(options["junit"]),
        )


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _seconds(text: str | None) -> float | None:
    """Helm's way to write a time: `90s`, `10m`, `1h30m`; a bare number is seconds."""
    if text is None:
        return None
    match = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", text)
    if not match or not text:
        raise UsageError(f"--timeout {text}: write it as 90s, 10m or 1h30m")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(hours * 3600 + minutes * 60 + seconds)


def find_tools() -> Tools:
    """Every program a run needs; all that are missing are named at once."""
    programs = {"helm": os.environ.get("HELM_BIN") or "helm", "kubectl": "kubectl"}
    found = {name: shutil.which(program) for name, program in programs.items()}
    missing = [name for name, path in found.items() if not path]
    if missing:
        raise ToolMissing(" and ".join(missing), "install what is missing, or put it on PATH")
    return Tools(Helm(str(Path(str(found["helm"])).absolute())), str(found["kubectl"]))


def test(options: TestOptions) -> int:
    """Test a release and write the reports; returns the exit code."""
    progress = Progress(sys.stderr)
    site = Site(find_tools(), options.access, options.namespace, progress.say(options.release))
    case = Case(
        site,
        options.release,
        options.release,
        progress.done(options.release),
        seconds=options.seconds,
        artifacts=options.artifacts,
    )
    case.check()
    result = RunResult((case.result(),), simulated=False)
    _write(result, options)
    return result.exit_code


def _write(result: RunResult, options: TestOptions) -> None:
    REPORTERS[options.format](result, sys.stdout)
    if options.junit:
        with options.junit.open("w", encoding="utf-8") as out:
            REPORTERS["junit"](result, out)
