"""kind: clusters of containers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from helm_llm import process

CREATE_SECONDS = 900

PROXIES = tuple(
    name
    for word in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    for name in (word, word.lower())
)
"""kind hands them on to its nodes, which then ask a proxy for their own API server."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind binary."""

    binary: str

    def create(
        self,
        name: str,
        kubeconfig: str,
        arguments: Sequence[str],
        without: Collection[str] = (),
    ) -> None:
        """`kind create cluster`, without some environment variables; raises CommandFailed with kind's own words."""
        place = (f"--name={name}", f"--kubeconfig={kubeconfig}", "--wait=6m")
        self._run(
            CREATE_SECONDS, "create", "cluster", *place, *arguments, without=without
        )

    def delete(self, name: str, kubeconfig: str) -> None:
        """`kind delete cluster`; no error when there is none."""
        self._run(
            300, "delete", "cluster", f"--name={name}", f"--kubeconfig={kubeconfig}"
        )

    def load(self, cluster: str, images: Sequence[str]) -> None:
        """Copy images of the local daemon to every node."""
        self._run(900, "load", "docker-image", f"--name={cluster}", "--", *images)

    def _run(
        self, seconds: float, *arguments: str, without: Collection[str] = ()
    ) -> str:
        completed = process.run(
            self.binary, *arguments, timeout=seconds, without=without
        )
        if completed.code:
            raise process.CommandFailed(completed)
        return completed.stdout
