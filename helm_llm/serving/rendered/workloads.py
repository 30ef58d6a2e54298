"""The objects whose pods may serve a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helm_llm import typed
from helm_llm.keypath import KeyPath
from helm_llm.manifests.pod_template import POD_SPECS
from helm_llm.serving.read import fields
from helm_llm.serving.spec.source import Source

OVER_NODES = frozenset({"LeaderWorkerSet", "RayCluster", "RayService"})
"""Kinds whose engine uses several pods, as Ray or a script decides."""

_KINDS = frozenset({"Deployment", "StatefulSet", "InferenceService", *OVER_NODES})


@dataclass(frozen=True, slots=True)
class Workload:
    """A pod spec of an object, and a container in it that may run a server."""

    kind: str
    object: str
    pod: KeyPath
    container: KeyPath
    model: KeyPath | None = None
    """The part of an InferenceService that adds arguments, variables and resources."""

    @property
    def parts(self) -> tuple[KeyPath, ...]:
        """The container and what adds to it."""
        if not self.model:
            return (self.container,)
        return (self.container, self.model)


def workloads(objects: Source) -> Iterator[Workload]:
    """Every container of every pod spec."""
    for name in objects.tree:
        kind = name.partition(" ")[0]
        if kind not in _KINDS:
            continue
        for path in POD_SPECS[kind]:
            yield from _containers(objects, kind, name, (name, *path))
        if kind == "InferenceService":
            yield from _of_runtime(objects, name)


def _containers(
    objects: Source, kind: str, name: str, pod: KeyPath, model: KeyPath | None = None
) -> Iterator[Workload]:
    containers = typed.sequence(objects.tree, *pod, "containers")
    for index, container in enumerate(containers):
        if not isinstance(container, dict):
            continue
        path = (*pod, "containers", index)
        yield Workload(kind, name, pod, path, model)


def _of_runtime(objects: Source, name: str) -> Iterator[Workload]:
    """The containers of the runtime of an InferenceService, if the chart renders both."""
    model: KeyPath = (name, "spec", "predictor", "model")
    runtime = fields.text(objects, *model, "runtime")
    if not runtime:
        return
    for owner in (f"ServingRuntime {runtime}", f"ClusterServingRuntime {runtime}"):
        if owner in objects.tree:
            pod = (owner, "spec")
            yield from _containers(objects, "InferenceService", name, pod, model)
