"""The objects whose pods serve a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helm_llm import typed
from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields
from helm_llm.values.layers import Values

_TEMPLATES: dict[str, tuple[KeyPath, ...]] = {
    "Deployment": (("spec", "template", "spec"),),
    "StatefulSet": (("spec", "template", "spec"),),
    "LeaderWorkerSet": (
        ("spec", "leaderWorkerTemplate", "leaderTemplate", "spec"),
        ("spec", "leaderWorkerTemplate", "workerTemplate", "spec"),
    ),
    "RayCluster": (
        ("spec", "headGroupSpec", "template", "spec"),
        ("spec", "workerGroupSpecs", 0, "template", "spec"),
    ),
    "RayService": (
        ("spec", "rayClusterConfig", "headGroupSpec", "template", "spec"),
        ("spec", "rayClusterConfig", "workerGroupSpecs", 0, "template", "spec"),
    ),
    "InferenceService": (("spec", "predictor"),),
}
"""Where the pods of each kind are described, the one that runs the server first."""

OVER_NODES = frozenset({"LeaderWorkerSet", "RayCluster", "RayService"})
"""Kinds whose engine is spread over pods, as Ray or a script of theirs decides."""


@dataclass(frozen=True, slots=True)
class Workload:
    """A pod template of an object, and the container that may run a server.

    `model`: where an InferenceService adds arguments, environment and resources to the container of its runtime.
    """

    kind: str
    object: str
    pod: KeyPath
    container: KeyPath
    model: KeyPath | None = None


def workloads(objects: Values) -> Iterator[Workload]:
    """Every container of every pod template."""
    for name in objects.tree:
        kind = name.partition(" ")[0]
        for template in _TEMPLATES.get(kind, ()):
            yield from _containers(objects, kind, name, (name, *template))
        if kind == "InferenceService":
            yield from _of_runtime(objects, name)


def _containers(
    objects: Values, kind: str, name: str, pod: KeyPath, model: KeyPath | None = None
) -> Iterator[Workload]:
    for index, container in enumerate(typed.sequence(objects.tree, *pod, "containers")):
        if isinstance(container, dict):
            yield Workload(kind, name, pod, (*pod, "containers", index), model)


def _of_runtime(objects: Values, name: str) -> Iterator[Workload]:
    """The containers of the runtime that an InferenceService names, if the chart renders that too."""
    model: KeyPath = (name, "spec", "predictor", "model")
    runtime = fields.text(objects, *model, "runtime")
    for owner in (f"ServingRuntime {runtime}", f"ClusterServingRuntime {runtime}"):
        if runtime and owner in objects.tree:
            yield from _containers(
                objects, "InferenceService", name, (owner, "spec"), model
            )
