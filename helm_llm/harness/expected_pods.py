"""The pods that controllers will make of rendered objects: what they mount, ask for and probe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm.harness.objects import name_of
from helm_llm.harness.workloads import workloads_of
from helm_llm.typed import Object, mapping, mappings, number, text

_CLAIM = re.compile(r"pvc://(?P<name>[^/]+)")


@dataclass(frozen=True, slots=True)
class Template:
    """A pod spec, and how many pods are made of it."""

    spec: Object
    count: int = 1


def templates(objects: Sequence[Object]) -> Iterator[Template]:
    """Of every workload; those of an InferenceService together with the ServingRuntime that stands beside it."""
    for workload in workloads_of(objects):
        spec = mapping(workload, "spec")
        if workload["kind"] == "InferenceService":
            yield from _of_service(mapping(spec, "predictor"), objects)
        elif workload["kind"] == "LeaderWorkerSet":
            yield from _of_groups(
                mapping(spec, "leaderWorkerTemplate"), _count(spec, "replicas")
            )
        elif workload["kind"] == "MPIJob":
            yield from map(_of_replicas, mapping(spec, "mpiReplicaSpecs").values())
        else:
            yield _of_replicas(spec)


def _of_replicas(value: Any) -> Template:
    return Template(mapping(value, "template", "spec"), _count(value, "replicas"))


def _of_groups(value: Object, groups: int) -> Iterator[Template]:
    worker = mapping(value, "workerTemplate", "spec")
    yield Template(mapping(value, "leaderTemplate", "spec") or worker, groups)
    if (workers := _count(value, "size") - 1) > 0:
        yield Template(worker, groups * workers)


def _of_service(predictor: Object, objects: Sequence[Object]) -> Iterator[Template]:
    model = mapping(predictor, "model")
    runtimes = {
        name_of(value): mapping(value, "spec")
        for value in objects
        if value.get("kind") == "ServingRuntime"
    }
    runtime = runtimes.get(text(model, "runtime"), {})
    yield Template(_merged(runtime, predictor, model), _count(predictor, "minReplicas"))
    workers = mapping(predictor, "workerSpec")
    if workers:
        spec = _merged(
            mapping(runtime, "workerSpec"), {**workers, "model": model}, _first(workers)
        )
        yield Template(spec, _count(workers, "pipelineParallelSize") - 1)


def _merged(runtime: Object, own: Object, container: Object) -> Object:
    """As KServe merges them: of containers the first, of variables and volumes both."""
    first = _first(runtime)
    env = [*mappings(first, "env"), *mappings(container, "env")]
    volumes = [
        *mappings(runtime, "volumes"),
        *mappings(own, "volumes"),
        *_model_volume(mapping(own, "model")),
    ]
    containers = [
        {**first, **container, "env": env},
        *mappings(runtime, "containers")[1:],
    ]
    return {**runtime, **own, "containers": containers, "volumes": volumes}


def _first(spec: Object) -> Object:
    return next(iter(mappings(spec, "containers")), {})


def _model_volume(model: Object) -> Iterator[Object]:
    if match := _CLAIM.match(text(model, "storageUri")):
        yield {
            "name": "kserve-pvc-source",
            "persistentVolumeClaim": {"claimName": match["name"]},
        }


def _count(value: Any, key: str) -> int:
    return number(value, key, default=1)
