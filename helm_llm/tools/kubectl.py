"""kubectl, for everything that changes the cluster; `proxy.py` and `api.py` read from it.

Every call has a deadline.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from helm_llm import process
from helm_llm.errors import ToolError
from helm_llm.process.server import ServerProcess
from helm_llm.typed import Object

REQUEST_SECONDS = 60
_MARGIN_SECONDS = 10
"""Time for kubectl to report that its own deadline has passed."""

_HELM_VARIABLES = {
    "HELM_KUBEAPISERVER": "--server",
    "HELM_KUBETOKEN": "--token",
    "HELM_KUBEASUSER": "--as",
    "HELM_KUBEASGROUPS": "--as-group",
    "HELM_KUBECAFILE": "--certificate-authority",
    "HELM_KUBEINSECURE_SKIP_TLS_VERIFY": "--insecure-skip-tls-verify",
    "HELM_KUBETLS_SERVER_NAME": "--tls-server-name",
}
"""Variables in which Helm passes its flags to a plugin, and kubectl's own flags."""


class Unanswered(ToolError):
    """The API server did not answer, or refused the request."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a cluster."""

    kubeconfig: str = ""
    context: str = ""
    flags: tuple[str, ...] = field(default=(), repr=False)
    """Flags for kubectl only: Helm reads the variables itself."""

    @classmethod
    def current(cls, kubeconfig: str = "", context: str = "") -> Access:
        """Return the access of the user.

        Options come first, then what Helm passes to its plugins, then the current
        context of the kubeconfig.
        """
        flags: list[str] = []
        for variable, flag in _HELM_VARIABLES.items():
            if value := os.environ.get(variable):
                flags.append(f"{flag}={value}")
        context = context or os.environ.get("HELM_KUBECONTEXT", "")
        return cls(kubeconfig, context, tuple(flags))

    @property
    def for_kubectl(self) -> tuple[str, ...]:
        """Arguments for kubectl."""
        return (*self._arguments("--context"), *self.flags)

    @property
    def for_helm(self) -> tuple[str, ...]:
        """Arguments for helm."""
        return self._arguments("--kube-context")

    def _arguments(self, context_flag: str) -> tuple[str, ...]:
        arguments: list[str] = []
        if self.kubeconfig:
            arguments.append(f"--kubeconfig={self.kubeconfig}")
        if self.context:
            arguments.append(f"{context_flag}={self.context}")
        return tuple(arguments)


@dataclass(frozen=True, slots=True)
class Kubectl:
    """One kubectl binary, one cluster, one namespace."""

    binary: str
    access: Access
    namespace: str

    def apply(self, objects: Iterable[Object]) -> None:
        """Run `kubectl apply`."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        # Client-side apply copies the object, with its secrets, into an annotation.
        self._run("apply", "--server-side", "--filename=-", stdin=text)

    def create(self, value: Object) -> None:
        """Run `kubectl create`; raises Unanswered if the object already exists."""
        self._run("create", "--filename=-", stdin=json.dumps(value))

    def delete(self, kind: str, name: str, *, seconds: int = 60) -> None:
        """Run `kubectl delete` and wait until the object is gone."""
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
        """Return a port-forward from a free local port, which it prints first."""
        argv = self._argv(
            "port-forward", "--address=127.0.0.1", "--", target, f":{port}"
        )
        return ServerProcess(*argv)

    def _run(
        self,
        *arguments: str,
        stdin: str | None = None,
        seconds: float = REQUEST_SECONDS,
    ) -> None:
        # kubectl limits one request; `process` limits the whole command.
        argv = self._argv(f"--request-timeout={seconds:g}s", *arguments)
        try:
            completed = process.run(
                *argv, stdin=stdin, timeout=seconds + _MARGIN_SECONDS
            )
        except process.TimedOut as error:
            raise Unanswered(str(error)) from error
        if completed.code:
            raise Unanswered(str(process.CommandFailed(completed)))

    def _argv(self, *arguments: str) -> Sequence[str]:
        namespace = f"--namespace={self.namespace}"
        return (self.binary, *self.access.for_kubectl, namespace, *arguments)
