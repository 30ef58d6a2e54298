"""The commands of Helm that work on releases in a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm import json_text, process
from helm_llm.errors import ToolError
from helm_llm.tools.beginning import beginning
from helm_llm.tools.helm import Helm, local_path
from helm_llm.tools.kubectl import REQUEST_SECONDS, Access

TEMPLATE_SECONDS = 120
_UNINSTALL_SECONDS = 300
_MARGIN_SECONDS = 30
"""Time for Helm to report that its own deadline has passed."""


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases of one namespace."""

    helm: Helm
    access: Access
    namespace: str

    def status(self, release: str) -> Mapping[str, Any] | None:
        """Return the status of a release, None if there is no such release.

        It has the keys `info`, `manifest` and `hooks`. Raises ToolError if Helm fails
        for another reason.
        """
        completed = self._run(REQUEST_SECONDS, "status", "--output=json", "--", release)
        # Helm has no exit code of its own for this.
        if completed.code and "release: not found" in completed.stderr:
            return None
        _check(completed)
        status = json_text.object_in(completed.stdout)
        if status is None:
            printed = beginning(completed.stdout) or "(nothing)"
            raise ToolError(
                f"`{completed}` printed no JSON object: {printed}; is it Helm?"
            )
        return status

    def install(
        self, release: str, chart: str, arguments: Sequence[str], seconds: float
    ) -> process.Completed:
        """Run `helm upgrade --install`, without waiting for the pods."""
        return self._run(
            seconds + _MARGIN_SECONDS,
            "upgrade",
            "--install",
            f"--timeout={seconds:.0f}s",
            *arguments,
            "--",
            release,
            local_path(chart),
        )

    def template(
        self, release: str, chart: str, arguments: Sequence[str]
    ) -> process.Completed:
        """Run `helm template`, with the hooks."""
        operands = ("--", release, local_path(chart))
        return self._run(TEMPLATE_SECONDS, "template", *arguments, *operands)

    def test(self, release: str, seconds: float) -> process.Completed:
        """Run `helm test`."""
        timeout = f"--timeout={seconds:.0f}s"
        return self._run(seconds + _MARGIN_SECONDS, "test", timeout, "--", release)

    def uninstall(self, release: str, *, wait: bool) -> None:
        """Run `helm uninstall`; it is not an error if there is no such release.

        With `wait`, its pods are gone too when it returns.
        """
        completed = self._run(
            _UNINSTALL_SECONDS + _MARGIN_SECONDS,
            "uninstall",
            "--ignore-not-found",
            f"--timeout={_UNINSTALL_SECONDS}s",
            *(("--wait",) if wait else ()),
            "--",
            release,
        )
        _check(completed)

    def _run(self, seconds: float, command: str, *arguments: str) -> process.Completed:
        # Flags before operands: after `--` even `-x` would be a name.
        place = (f"--namespace={self.namespace}", *self.access.for_helm)
        return process.run(
            self.helm.binary, command, *place, *arguments, timeout=seconds
        )


def _check(completed: process.Completed) -> None:
    if completed.code:
        raise process.CommandFailed(completed)
