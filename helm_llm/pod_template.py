"""The pods of rendered objects, whatever kind of object makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from helm_llm.keypath import MISSING, KeyPath, lookup

Object = Mapping[str, Any]


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
        return (*listed(self.spec, "initContainers"), *listed(self.spec, "containers"))

    @property
    def volumes(self) -> tuple[Object, ...]:
        return listed(self.spec, "volumes")


def label(found: Object) -> str:
    """`Service llm-vllm`."""
    return f"{found.get('kind')} {name_of(found)}"


def name_of(found: Object) -> str:
    """The object's name."""
    return str(lookup(found, ("metadata", "name")))


def pod_templates(objects: Iterable[Object]) -> Iterator[PodTemplate]:
    """Those of every object of a known kind; what an operator makes of an InferenceService is not known."""
    for found in objects:
        claims = frozenset(map(name_of, listed(found.get("spec"), "volumeClaimTemplates")))
        for path in _paths(found):
            template = lookup(found, path)
            spec = template.get("spec") if isinstance(template, Mapping) else None
            if isinstance(template, Mapping) and isinstance(spec, Mapping):
                labels = lookup(template, ("metadata", "labels"))
                yield PodTemplate(label(found), labels if isinstance(labels, Mapping) else {}, spec, claims)


def _paths(found: Object) -> tuple[KeyPath, ...]:
    if found.get("kind") == "MPIJob":
        roles = lookup(found, ("spec", "mpiReplicaSpecs"))
        return tuple(("spec", "mpiReplicaSpecs", role, "template") for role in roles) if roles is not MISSING else ()
    return _TEMPLATES.get(str(found.get("kind")), ())


def listed(found: Any, key: str) -> tuple[Object, ...]:
    """The mappings of a list, where there is one."""
    items = found.get(key) if isinstance(found, Mapping) else None
    return tuple(item for item in items if isinstance(item, Mapping)) if isinstance(items, list) else ()


_TEMPLATE: tuple[KeyPath, ...] = (("spec", "template"),)
_TEMPLATES: Mapping[str, tuple[KeyPath, ...]] = {
    "CronJob": (("spec", "jobTemplate", "spec", "template"),),
    "DaemonSet": _TEMPLATE,
    "Deployment": _TEMPLATE,
    "Job": _TEMPLATE,
    "LeaderWorkerSet": tuple(("spec", "leaderWorkerTemplate", role) for role in ("leaderTemplate", "workerTemplate")),
    "Pod": ((),),
    "ReplicaSet": _TEMPLATE,
    "StatefulSet": _TEMPLATE,
}
