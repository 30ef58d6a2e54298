"""kubectl: one method for each verb that changes something, every call with a deadline. `api.py` reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helm_llm import process
from helm_llm.errors import ToolError
from helm_llm.process.server import ServerProcess

Object = Mapping[str, Any]

REQUEST_SECONDS = 60

_FROM_HELM = {
    "HELM_KUBEAPISERVER": "--server",
    "HELM_KUBETOKEN": "--token",
    "HELM_KUBEASUSER": "--as",
    "HELM_KUBEASGROUPS": "--as-group",
    "HELM_KUBECAFILE": "--certificate-authority",
    "HELM_KUBEINSECURE_SKIP_TLS_VERIFY": "--insecure-skip-tls-verify",
    "HELM_KUBETLS_SERVER_NAME": "--tls-server-name",
}
"""What `helm` was told on its command line reaches a plugin in these variables; kubectl does not know them."""


class Unanswered(ToolError):
    """The API server did not answer, or did not let us."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a cluster: kubectl's own flags, and Helm's."""

    kubeconfig: str = ""
    context: str = ""
    flags: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def current(cls, kubeconfig: str = "", context: str = "") -> Access:
        """What the user uses: options, then what Helm passes to its plugins, then the current context."""
        flags = (
            f"{flag}={os.environ[name]}"
            for name, flag in _FROM_HELM.items()
            if os.environ.get(name)
        )
        return cls(
            kubeconfig, context or os.environ.get("HELM_KUBECONTEXT", ""), tuple(flags)
        )

    @property
    def for_kubectl(self) -> tuple[str, ...]:
        """As arguments of kubectl."""
        return (*self._named("--kubeconfig", "--context"), *self.flags)

    @property
    def for_helm(self) -> tuple[str, ...]:
        """As arguments of helm, which reads the other flags from the environment."""
        return self._named("--kubeconfig", "--kube-context")

    def _named(self, *names: str) -> tuple[str, ...]:
        return tuple(
            f"{name}={value}"
            for name, value in zip(names, (self.kubeconfig, self.context), strict=True)
            if value
        )


@dataclass(frozen=True, slots=True)
class Kubectl:
    """One kubectl binary, one cluster, one namespace."""

    binary: str
    access: Access
    namespace: str

    def apply(self, objects: Iterable[Object]) -> None:
        """`kubectl apply`."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self._run("apply", "--server-side", "--filename=-", stdin=text)

    def create(self, value: Object) -> None:
        """`kubectl create`; raises Unanswered if it is there already."""
        self._run("create", "--filename=-", stdin=json.dumps(value))

    def delete(self, kind: str, name: str, *, seconds: int = 60) -> None:
        """`kubectl delete`, and wait until it is gone."""
        self._run(
            "delete",
            "--ignore-not-found",
            f"--timeout={seconds}s",
            "--",
            kind,
            name,
            seconds=seconds + 10,
        )

    def patch_status(self, kind: str, name: str, patch: Object) -> None:
        """Merge a patch into the status of an object."""
        self._run(
            "patch",
            "--subresource=status",
            "--type=merge",
            f"--patch={json.dumps(patch)}",
            "--",
            kind,
            name,
        )

    def port_forward(self, target: str, port: str) -> ServerProcess:
        """A port-forward from a free local port; its first line says which."""
        argv = self._argv(
            "port-forward", "--address=127.0.0.1", "--", target, f":{port}"
        )
        return ServerProcess(*argv)

    def _run(
        self,
        *arguments: str,
        stdin: str | None = None,
        seconds: float = REQUEST_SECONDS,
    ) -> str:
        argv = self._argv(f"--request-timeout={seconds:g}s", *arguments)
        try:
            completed = process.run(*argv, stdin=stdin, timeout=seconds + 10)
        except process.TimedOut as error:
            raise Unanswered(str(error)) from error
        if completed.code:
            raise Unanswered(str(process.CommandFailed(completed)))
        return completed.stdout

    def _argv(self, *arguments: str) -> Sequence[str]:
        return (
            self.binary,
            *self.access.for_kubectl,
            f"--namespace={self.namespace}",
            *arguments,
        )
