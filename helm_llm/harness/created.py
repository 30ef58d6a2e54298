"""Resources that a run creates: how to remove each of them, and how to inspect it.

Removing a resource that is already gone is not an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from helm_llm.tools.helm import Helm
from helm_llm.tools.helm_release import Releases
from helm_llm.tools.kind import Kind
from helm_llm.tools.kubectl import Access, Kubectl

_NAMESPACE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Cluster:
    """A kind cluster with its own kubeconfig."""

    kind: str
    name: str
    kubeconfig: str

    def remove(self) -> None:
        """Delete the containers of the nodes and their network entries."""
        Kind(self.kind).delete(self.name, self.kubeconfig)

    def inspect_command(self) -> str:
        """A command that lists the pods of the cluster."""
        return f"kubectl --kubeconfig {self.kubeconfig} get pods -A"


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace in a cluster that existed before the run."""

    kubectl: str
    access: Access
    name: str

    def remove(self) -> None:
        """Delete the namespace with everything in it."""
        kubectl = Kubectl(self.kubectl, self.access, self.name)
        kubectl.delete("namespace", self.name, seconds=_NAMESPACE_SECONDS)

    def inspect_command(self) -> str:
        """A command that lists the pods of the namespace."""
        place = _kubectl_place(self.access, self.name)
        return f"{place} get pods"


@dataclass(frozen=True, slots=True)
class InstalledRelease:
    """A release that did not exist before the run."""

    helm: str
    access: Access
    namespace: str
    name: str
    wait: bool = True
    """Whether `remove` waits until the pods are gone too."""

    def remove(self) -> None:
        """Uninstall the release."""
        releases = Releases(Helm(self.helm), self.access, self.namespace)
        releases.uninstall(self.name, wait=self.wait)

    def inspect_command(self) -> str:
        """A command that prints the status of the release."""
        flags = (f"--namespace={self.namespace}", *self.access.for_helm)
        return " ".join(("helm", "status", self.name, *flags))


@dataclass(frozen=True, slots=True)
class Dependency:
    """A Secret, a claim or another object that a chart expects, created for a test."""

    kubectl: str
    access: Access
    namespace: str
    kind: str
    name: str

    def remove(self) -> None:
        """Delete the object."""
        kubectl = Kubectl(self.kubectl, self.access, self.namespace)
        kubectl.delete(self.kind.lower(), self.name)

    def inspect_command(self) -> str:
        """A command that prints the object."""
        place = _kubectl_place(self.access, self.namespace)
        return f"{place} get {self.kind.lower()} {self.name}"


def _kubectl_place(access: Access, namespace: str) -> str:
    return " ".join(("kubectl", *access.for_kubectl, f"--namespace={namespace}"))


CreatedResource = Cluster | Namespace | InstalledRelease | Dependency

# The names of the classes are part of the ledger's format.
_TYPES: Mapping[str, type[CreatedResource]] = {
    "Cluster": Cluster,
    "Namespace": Namespace,
    "InstalledRelease": InstalledRelease,
    "Dependency": Dependency,
}


def to_json(resource: CreatedResource) -> dict[str, object]:
    """Return the ledger's entry for a resource."""
    return {"type": type(resource).__name__, **asdict(resource)}


def from_json(entry: Mapping[str, Any]) -> CreatedResource:
    """Return the resource of a ledger's entry.

    Raises KeyError, TypeError or AttributeError if the entry is malformed.
    """
    fields = dict(entry)
    resource_type = _TYPES[fields.pop("type")]
    if "access" in fields:
        access = fields["access"]
        # JSON turned the tuple into a list.
        fields["access"] = Access(**{**access, "flags": tuple(access["flags"])})
    return resource_type(**fields)
