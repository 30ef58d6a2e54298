"""The pods of rendered objects, whatever kind of object makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from helm_llm.keypath import KeyPath, lookup
from helm_llm.typed import Object, mapping, mappings, shown


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """A pod as an object has it; `owner` is that object: `Deployment llm-vllm`."""

    owner: str
    labels: Object
    spec: Object
    claims: frozenset[str]
    """Volumes that the owner makes a claim for."""

    @property
    def containers(self) -> tuple[Object, ...]:
        """Init containers first."""
        return (
            *mappings(self.spec, "initContainers"),
            *mappings(self.spec, "containers"),
        )

    @property
    def volumes(self) -> tuple[Object, ...]:
        return mappings(self.spec, "volumes")


def label(found: Object) -> str:
    """`Service llm-vllm`."""
    return f"{kind_of(found)} {name_of(found)}"


def kind_of(found: Object) -> str:
    """The object's kind."""
    return shown(found.get("kind"))


def name_of(found: Object) -> str:
    """The object's name, the empty text where it has none."""
    return shown(lookup(found, ("metadata", "name")))


def pod_templates(objects: Iterable[Object]) -> Iterator[PodTemplate]:
    """Those of every object of a known kind; what an operator makes of an InferenceService is not known."""
    for found in objects:
        claims = frozenset(
            map(name_of, mappings(found, "spec", "volumeClaimTemplates"))
        )
        for path in _paths(found):
            if spec := mapping(found, *path, "spec"):
                yield PodTemplate(
                    label(found),
                    mapping(found, *path, "metadata", "labels"),
                    spec,
                    claims,
                )


def _paths(found: Object) -> tuple[KeyPath, ...]:
    if found.get("kind") == "MPIJob":
        roles = mapping(found, "spec", "mpiReplicaSpecs")
        return tuple(("spec", "mpiReplicaSpecs", role, "template") for role in roles)
    return _TEMPLATES.get(kind_of(found), ())


_TEMPLATE: tuple[KeyPath, ...] = (("spec", "template"),)
_TEMPLATES: Mapping[str, tuple[KeyPath, ...]] = {
    "CronJob": (("spec", "jobTemplate", "spec", "template"),),
    "DaemonSet": _TEMPLATE,
    "Deployment": _TEMPLATE,
    "Job": _TEMPLATE,
    "LeaderWorkerSet": tuple(
        ("spec", "leaderWorkerTemplate", role)
        for role in ("leaderTemplate", "workerTemplate")
    ),
    "Pod": ((),),
    "ReplicaSet": _TEMPLATE,
    "StatefulSet": _TEMPLATE,
}
