"""The pods that controllers will create from rendered objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helm_llm.harness.objects import name_of
from helm_llm.harness.workloads import workloads_of
from helm_llm.manifests.pod_template import pod_spec_paths
from helm_llm.typed import Object, at, mapping, mappings, number, text

_CLAIM = re.compile(r"pvc://(?P<name>[^/]+)")


@dataclass(frozen=True, slots=True)
class ExpectedPods:
    """A pod spec, and the number of pods with it."""

    spec: Object
    count: int = 1


def expected_pods(objects: Sequence[Object]) -> Iterator[ExpectedPods]:
    """The pods of every workload, with the defaults of its ServingRuntime merged in."""
    for workload in workloads_of(objects):
        specs = {path: mapping(workload, *path) for path in pod_spec_paths(workload)}
        if workload["kind"] == "InferenceService":
            for predictor in specs.values():
                yield from _inference_service_pods(predictor, objects)
        elif workload["kind"] == "LeaderWorkerSet":
            leader, worker = specs.values()
            yield from _group_pods(workload, leader, worker)
        else:
            # The replicas are next to the template: `{replicas, template: {spec}}`.
            for path, spec in specs.items():
                owner = at(workload, *path[:-2])
                yield ExpectedPods(spec, _count(owner, "replicas"))


def _group_pods(
    workload: Object, leader: Object, worker: Object
) -> Iterator[ExpectedPods]:
    groups = _count(at(workload, "spec"), "replicas")
    # Without a template of its own the leader uses that of the workers.
    yield ExpectedPods(leader or worker, groups)
    workers = _count(at(workload, "spec", "leaderWorkerTemplate"), "size") - 1
    if workers > 0:
        yield ExpectedPods(worker, groups * workers)


def _inference_service_pods(
    predictor: Object, objects: Sequence[Object]
) -> Iterator[ExpectedPods]:
    model = mapping(predictor, "model")
    runtime = _serving_runtime(text(model, "runtime"), objects)
    spec = _merge(runtime, predictor, model)
    yield ExpectedPods(spec, _count(predictor, "minReplicas"))
    workers = mapping(predictor, "workerSpec")
    if workers:
        spec = _merge(
            mapping(runtime, "workerSpec"),
            {**workers, "model": model},
            _first_container(workers),
        )
        # The predictor itself is the first stage of the pipeline.
        yield ExpectedPods(spec, _count(workers, "pipelineParallelSize") - 1)


def _serving_runtime(name: str, objects: Sequence[Object]) -> Object:
    runtime: Object = {}
    for value in objects:
        if value.get("kind") == "ServingRuntime" and name_of(value) == name:
            runtime = mapping(value, "spec")
    return runtime


def _merge(runtime: Object, own: Object, container: Object) -> Object:
    """Merge a predictor into its runtime as KServe does.

    The first containers become one; variables and volumes are joined.
    """
    first = _first_container(runtime)
    merged = {
        **first,
        **container,
        "env": [*mappings(first, "env"), *mappings(container, "env")],
    }
    volumes = [
        *mappings(runtime, "volumes"),
        *mappings(own, "volumes"),
        *_model_volumes(mapping(own, "model")),
    ]
    containers = [merged, *mappings(runtime, "containers")[1:]]
    return {**runtime, **own, "containers": containers, "volumes": volumes}


def _first_container(spec: Object) -> Object:
    containers = mappings(spec, "containers")
    return containers[0] if containers else {}


def _model_volumes(model: Object) -> list[Object]:
    # KServe mounts a claim that the model's URI names by itself.
    claim = _CLAIM.match(text(model, "storageUri"))
    if not claim:
        return []
    source = {"claimName": claim["name"]}
    return [{"name": "kserve-pvc-source", "persistentVolumeClaim": source}]


def _count(value: object, key: str) -> int:
    return number(value, key, default=1)
