"""What a run creates outside of itself: how each is removed, without error when it is gone, and how to look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from helm_llm.tools.helm import Helm
from helm_llm.tools.helm_release import Releases
from helm_llm.tools.kind import Kind
from helm_llm.tools.kubectl import Access, Kubectl


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
        Kubectl(self.kubectl, self.access, self.name).delete(
            "namespace", self.name, seconds=300
        )

    def look(self) -> str:
        """Its pods."""
        return " ".join(
            (
                "kubectl",
                *self.access.for_kubectl,
                f"--namespace={self.name}",
                "get",
                "pods",
            )
        )


@dataclass(frozen=True, slots=True)
class InstalledRelease:
    """A release that was not there before."""

    helm: str
    access: Access
    namespace: str
    name: str
    wait: bool = True
    """Whether it is gone only with its pods."""

    def remove(self) -> None:
        """`helm uninstall`."""
        Releases(Helm(self.helm), self.access, self.namespace).uninstall(
            self.name, wait=self.wait
        )

    def look(self) -> str:
        """What Helm knows of it."""
        return " ".join(
            (
                "helm",
                "status",
                self.name,
                f"--namespace={self.namespace}",
                *self.access.for_helm,
            )
        )


@dataclass(frozen=True, slots=True)
class Dependency:
    """A Secret, claim or the like that a chart expects, made for a test."""

    kubectl: str
    access: Access
    namespace: str
    kind: str
    name: str

    def remove(self) -> None:
        """`kubectl delete`."""
        Kubectl(self.kubectl, self.access, self.namespace).delete(
            self.kind.lower(), self.name
        )

    def look(self) -> str:
        """The object."""
        place = (*self.access.for_kubectl, f"--namespace={self.namespace}")
        return " ".join(("kubectl", *place, "get", self.kind.lower(), self.name))


AnyThing = Cluster | Namespace | InstalledRelease | Dependency

TYPES: Mapping[str, type[AnyThing]] = {
    type_.__name__: type_
    for type_ in (Cluster, Namespace, InstalledRelease, Dependency)
}


def to_json(thing: AnyThing) -> dict[str, Any]:
    """As it stands in the ledger."""
    return {"type": type(thing).__name__, **asdict(thing)}


def from_json(entry: Mapping[str, Any]) -> AnyThing:
    """As it was put into the ledger."""
    fields = {name: value for name, value in entry.items() if name != "type"}
    if "access" in fields:
        fields["access"] = Access(
            **{**fields["access"], "flags": tuple(fields["access"]["flags"])}
        )
    return TYPES[entry["type"]](**fields)
