"""The pods of rendered objects: which kinds of objects have them, and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from helm_llm.keypath import KeyPath, lookup
from helm_llm.typed import Object, mapping, mappings, shown

_POD: tuple[KeyPath, ...] = (("spec", "template", "spec"),)
POD_SPECS: Mapping[str, tuple[KeyPath, ...]] = {
    "CronJob": (("spec", "jobTemplate", "spec", "template", "spec"),),
    "DaemonSet": _POD,
    "Deployment": _POD,
    "InferenceService": (("spec", "predictor"),),
    "Job": _POD,
    "LeaderWorkerSet": (
        ("spec", "leaderWorkerTemplate", "leaderTemplate", "spec"),
        ("spec", "leaderWorkerTemplate", "workerTemplate", "spec"),
    ),
    "MPIJob": (("spec", "mpiReplicaSpecs", "*", "template", "spec"),),
    "Pod": (("spec",),),
    "RayCluster": (
        ("spec", "headGroupSpec", "template", "spec"),
        ("spec", "workerGroupSpecs", 0, "template", "spec"),
    ),
    "RayService": (
        ("spec", "rayClusterConfig", "headGroupSpec", "template", "spec"),
        ("spec", "rayClusterConfig", "workerGroupSpecs", 0, "template", "spec"),
    ),
    "ReplicaSet": _POD,
    "StatefulSet": _POD,
}
"""Kind -> the paths of its pod specs, leader first. `*` is any key."""

_COMPLETED_BY_OPERATORS = frozenset({"InferenceService", "RayCluster", "RayService"})
"""Kinds whose operators add so much that the rendered pod spec does not show the pod."""

PROBE_DEFAULTS: Mapping[str, int] = {
    "initialDelaySeconds": 0,
    "periodSeconds": 10,
    "failureThreshold": 3,
}
"""What the API server adds to a probe."""


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """A pod as its owner describes it; `owner` is that object: `Deployment llm-vllm`."""

    owner: str
    labels: Object
    spec: Object
    claims: frozenset[str]
    """Volumes for which the owner creates claims."""

    @property
    def containers(self) -> tuple[Object, ...]:
        """The init containers, then the containers."""
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
    """The object's name, or the empty text."""
    return shown(lookup(found, ("metadata", "name")))


def pod_spec_paths(found: Object) -> Iterator[KeyPath]:
    """The paths of an object's pod specs, whether or not anything is there."""
    for path in POD_SPECS.get(kind_of(found), ()):
        if "*" not in path:
            yield path
            continue
        at = path.index("*")
        # The keys of mpiReplicaSpecs are the roles: Launcher, Worker.
        for key in mapping(found, *path[:at]):
            yield (*path[:at], key, *path[at + 1 :])


def pod_templates(objects: Iterable[Object]) -> Iterator[PodTemplate]:
    """The pods of objects whose pod specs are complete."""
    for found in objects:
        if kind_of(found) in _COMPLETED_BY_OPERATORS:
            continue
        for path in pod_spec_paths(found):
            if spec := mapping(found, *path):
                labels = mapping(found, *path[:-1], "metadata", "labels")
                yield PodTemplate(label(found), labels, spec, _claims(found))


def _claims(found: Object) -> frozenset[str]:
    return frozenset(map(name_of, mappings(found, "spec", "volumeClaimTemplates")))
