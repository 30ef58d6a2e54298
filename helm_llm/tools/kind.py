"""kind: clusters whose nodes are containers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from helm_llm import process

CREATE_SECONDS = 900
_DELETE_SECONDS = 300
_LOAD_SECONDS = 900

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
PROXIES = (*_PROXIES, *(name.lower() for name in _PROXIES))
"""Variables that kind passes to its nodes.

With a proxy the nodes would send requests for their own API server to it.
"""


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
        """Run `kind create cluster`, without some environment variables.

        Raises CommandFailed with the error message of kind.
        """
        self._run(
            CREATE_SECONDS,
            "create",
            "cluster",
            f"--name={name}",
            f"--kubeconfig={kubeconfig}",
            # Until the control plane is ready.
            "--wait=6m",
            *arguments,
            without=without,
        )

    def delete(self, name: str, kubeconfig: str) -> None:
        """Run `kind delete cluster`; it is not an error if there is none."""
        place = (f"--name={name}", f"--kubeconfig={kubeconfig}")
        self._run(_DELETE_SECONDS, "delete", "cluster", *place)

    def load(self, cluster: str, images: Sequence[str]) -> None:
        """Copy images of the local docker daemon to every node."""
        self._run(
            _LOAD_SECONDS, "load", "docker-image", f"--name={cluster}", "--", *images
        )

    def _run(
        self, seconds: float, *arguments: str, without: Collection[str] = ()
    ) -> None:
        completed = process.run(
            self.binary, *arguments, timeout=seconds, without=without
        )
        if completed.code:
            raise process.CommandFailed(completed)
