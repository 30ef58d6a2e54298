"""Helm's verbs on releases in a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm import json_text, process
from helm_llm.errors import ToolError
from helm_llm.tools.beginning import beginning
from helm_llm.tools.helm import Helm, local
from helm_llm.tools.kubectl import REQUEST_SECONDS, Access

TEMPLATE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases of one namespace."""

    helm: Helm
    access: Access
    namespace: str

    def status(self, release: str) -> dict[str, Any] | None:
        """`info`, `manifest` and `hooks` of a release; None when there is none, ToolError when Helm cannot tell."""
        completed = self._run(REQUEST_SECONDS, "status", "--output=json", "--", release)
        if completed.code and "release: not found" in completed.stderr:
            return None
        return _object(_checked(completed), str(completed))

    def install(
        self, release: str, chart: str, arguments: Sequence[str], seconds: float
    ) -> process.Completed:
        """`helm upgrade --install`, without waiting for pods."""
        timeout = f"--timeout={seconds:.0f}s"
        return self._run(
            seconds + 30,
            "upgrade",
            "--install",
            timeout,
            *arguments,
            "--",
            release,
            local(chart),
        )

    def pull(self, chart: str, version: str, directory: str) -> None:
        """`helm pull` of a chart from a repository or registry."""
        wanted = (f"--version={version}",) if version else ()
        _checked(
            self._run(600, "pull", f"--destination={directory}", *wanted, "--", chart)
        )

    def template(
        self, release: str, chart: str, arguments: Sequence[str]
    ) -> process.Completed:
        """`helm template`, with the hooks."""
        return self._run(
            TEMPLATE_SECONDS, "template", *arguments, "--", release, local(chart)
        )

    def test(self, release: str, seconds: float) -> process.Completed:
        """`helm test`."""
        return self._run(
            seconds + 30, "test", f"--timeout={seconds:.0f}s", "--", release
        )

    def uninstall(self, release: str, *, wait: bool) -> None:
        """`helm uninstall`, perhaps until its pods are gone; no error when there is none."""
        waiting = ("--wait",) if wait else ()
        _checked(
            self._run(
                330,
                "uninstall",
                "--ignore-not-found",
                "--timeout=300s",
                *waiting,
                "--",
                release,
            )
        )

    def _run(self, seconds: float, *arguments: str) -> process.Completed:
        verb, *rest = arguments
        argv = (
            self.helm.binary,
            verb,
            f"--namespace={self.namespace}",
            *self.access.for_helm,
            *rest,
        )
        return process.run(*argv, timeout=seconds)


def _checked(completed: process.Completed) -> str:
    if completed.code:
        raise process.CommandFailed(completed)
    return completed.stdout


def _object(printed: str, command: str) -> dict[str, Any]:
    found = json_text.object_in(printed)
    if found is None:
        raise ToolError(
            f"`{command}` printed no JSON object: {beginning(printed) or '(nothing)'}; is it Helm?"
        )
    return found
