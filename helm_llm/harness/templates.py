"""The pods that controllers will make of rendered objects: what they mount, ask for and probe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm.harness.paths import at, name_of
from helm_llm.harness.workloads import workloads_of

Object = Mapping[str, Any]

_CLAIM = re.compile(r"pvc://(?P<name>[^/]+)")


@dataclass(frozen=True, slots=True)
class Template:
    """A pod spec, and how many pods are made of it."""

    spec: Object
    count: int = 1


def templates(objects: Sequence[Object]) -> Iterator[Template]:
    """Of every workload; those of an InferenceService together with the ServingRuntime that stands beside it."""
    for workload in workloads_of(objects):
        spec = workload.get("spec") or {}
        if workload["kind"] == "InferenceService":
            yield from _of_service(spec.get("predictor") or {}, objects)
        elif workload["kind"] == "LeaderWorkerSet":
            yield from _of_groups(spec.get("leaderWorkerTemplate") or {}, _count(spec, "replicas"))
        elif workload["kind"] == "MPIJob":
            yield from map(_of_replicas, (spec.get("mpiReplicaSpecs") or {}).values())
        else:
            yield _of_replicas(spec)


def _of_replicas(value: Object) -> Template:
    return Template(at(value, "template", "spec") or {}, _count(value, "replicas"))


def _of_groups(value: Object, groups: int) -> Iterator[Template]:
    worker = at(value, "workerTemplate", "spec") or {}
    yield Template(at(value, "leaderTemplate", "spec") or worker, groups)
    if (workers := _count(value, "size") - 1) > 0:
        yield Template(worker, groups * workers)


def _of_service(predictor: Object, objects: Sequence[Object]) -> Iterator[Template]:
    model: Object = predictor.get("model") or {}
    runtimes = {name_of(value): value.get("spec") for value in objects if value.get("kind") == "ServingRuntime"}
    runtime: Object = runtimes.get(str(model.get("runtime"))) or {}
    yield Template(_merged(runtime, predictor, model), _count(predictor, "minReplicas"))
    workers: Object = predictor.get("workerSpec") or {}
    if workers:
        spec = _merged(runtime.get("workerSpec") or {}, {**workers, "model": model}, _first(workers))
        yield Template(spec, _count(workers, "pipelineParallelSize") - 1)


def _merged(runtime: Object, own: Object, container: Object) -> Object:
    """As KServe merges them: of containers the first, of variables and volumes both."""
    first = _first(runtime)
    env = [*(first.get("env") or ()), *(container.get("env") or ())]
    volumes = [*(runtime.get("volumes") or ()), *(own.get("volumes") or ()), *_model_volume(own.get("model") or {})]
    containers = [{**first, **container, "env": env}, *(runtime.get("containers") or ())[1:]]
    return {**runtime, **own, "containers": containers, "volumes": volumes}


def _first(spec: Object) -> Object:
    containers: Sequence[Object] = spec.get("containers") or ({},)
    return containers[0]


def _model_volume(model: Object) -> Iterator[Object]:
    if match := _CLAIM.match(str(model.get("storageUri") or "")):
        yield {"name": "kserve-pvc-source", "persistentVolumeClaim": {"claimName": match["name"]}}


def _count(value: Object, key: str) -> int:
    given = value.get(key)
    return 1 if given is None else int(given)
