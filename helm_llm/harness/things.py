"""What a run creates outside of itself: how each is removed, and how a user may look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from helm_llm.tools.helm import Helm
from helm_llm.tools.helm_release import Releases
from helm_llm.tools.kind import Kind
from helm_llm.tools.kubectl import Access, Kubectl


class Thing(Protocol):
    """Something that outlives the process unless it is removed."""

    def remove(self) -> None:
        """Remove it; no error when it is gone already."""

    def look(self) -> str:
        """The command with which to look at it."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A kind cluster with a kubeconfig of its own."""

    kind: str
    name: str
    kubeconfig: str

    def remove(self) -> None:
        """Its containers go, and their network entries."""
        Kind(self.kind).delete(self.name, self.kubeconfig)

    def look(self) -> str:
        """Through its kubeconfig."""
        return f"kubectl --kubeconfig {self.kubeconfig} get pods -A"


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace in a cluster that was there before."""

    kubectl: str
    access: Access
    name: str

    def remove(self) -> None:
        """With all that is in it."""
        Kubectl(self.kubectl, self.access, self.name).delete("namespace", self.name, seconds=120)

    def look(self) -> str:
        """Its pods."""
        return " ".join(("kubectl", *self.access.for_kubectl, f"--namespace={self.name}", "get", "pods"))


@dataclass(frozen=True, slots=True)
class InstalledRelease:
    """A release that was not there before."""

    helm: str
    access: Access
    namespace: str
    name: str

    def remove(self) -> None:
        """`helm uninstall`."""
        Releases(Helm(self.helm), self.access, self.namespace).uninstall(self.name)

    def look(self) -> str:
        """What Helm knows of it."""
        return " ".join(("helm", "status", self.name, f"--namespace={self.namespace}", *self.access.for_helm))


KINDS: Mapping[str, type[Cluster] | type[Namespace] | type[InstalledRelease]] = {
    kind.__name__: kind for kind in (Cluster, Namespace, InstalledRelease)
}


def to_json(thing: Cluster | Namespace | InstalledRelease) -> dict[str, Any]:
    """As it stands in the ledger."""
    return {"kind": type(thing).__name__, **asdict(thing)}


def from_json(entry: Mapping[str, Any]) -> Cluster | Namespace | InstalledRelease:
    """As it was put into the ledger."""
    fields = {name: value for name, value in entry.items() if name != "kind"}
    if "access" in fields:
        fields["access"] = Access(**{**fields["access"], "flags": tuple(fields["access"]["flags"])})
    return KINDS[entry["kind"]](**fields)
