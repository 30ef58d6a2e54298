"""What a spec says is what the charts render."""

import itertools
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_llm.document.reader import parse_document
from helm_llm.serving import CHARTS as KNOWN_CHARTS
from helm_llm.serving import spec_of
from helm_llm.serving.spec.spec import ServingSpec
from helm_llm.values.chart_loader import load_chart
from helm_llm.values.layers import layer

CHARTS = Path(__file__).parents[2] / "charts"
BY_KSERVE = {"kserve-vllm"}
"""Charts whose pods another controller makes; test_kserve.py compares what they hand to it."""
SCENARIOS = [
    path
    for name in sorted({*KNOWN_CHARTS} - BY_KSERVE)
    for path in sorted((CHARTS / name / "ci").glob("*-values.yaml"))
]
VOLUMES = {
    "existingClaim": "persistentVolumeClaim",
    "hostPath": "hostPath",
    "nfs": "nfs",
}

Object = dict[str, Any]


def _spec(name: str, text: str) -> ServingSpec:
    spec = spec_of(
        layer(
            load_chart(str(CHARTS / name)),
            [parse_document(text, "values.yaml")],
            [],
        )
    )
    assert spec is not None
    return spec


def _objects(helm: str, name: str, text: str) -> list[Object]:
    command = [
        helm,
        "template",
        "r",
        str(CHARTS / name),
        "--kube-version=1.34.0",
        "--values",
        "-",
    ]
    out = subprocess.run(
        command, input=text, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    return [document for document in yaml.safe_load_all(out) if document]


def _workload(objects: list[Object]) -> Object:
    kinds = {"Deployment", "StatefulSet", "LeaderWorkerSet", "MPIJob"}
    return next(found for found in objects if found["kind"] in kinds)


def _pod(workload: Object) -> Object:
    spec: Object = workload["spec"]
    if workload["kind"] == "LeaderWorkerSet":
        spec = spec["leaderWorkerTemplate"]["leaderTemplate"]
    elif workload["kind"] == "MPIJob":
        spec = spec["mpiReplicaSpecs"]["Worker"]["template"]
    else:
        spec = spec["template"]
    pod: Object = spec["spec"]
    return pod


def _model_volume(workload: Object) -> Object:
    volumes: list[Object] = [*_pod(workload)["volumes"], *_from_templates(workload)]
    (volume,) = [
        volume
        for volume in volumes
        if volume["name"] in ("model-storage", "model-store")
    ]
    return volume


def _from_templates(workload: Object) -> Iterator[Object]:
    for template in workload["spec"].get("volumeClaimTemplates", ()):
        yield {"name": template["metadata"]["name"], "persistentVolumeClaim": {}}


def _claim_modes(objects: list[Object]) -> list[str]:
    return [
        mode
        for found in objects
        if found["kind"] == "PersistentVolumeClaim"
        for mode in found["spec"]["accessModes"]
    ]


def _most_pods(objects: list[Object]) -> int | None:
    scalers = [
        found["spec"]["maxReplicas"]
        for found in objects
        if found["kind"] == "HorizontalPodAutoscaler"
    ]
    workload = _workload(objects)["spec"]
    jobs = [found for found in objects if found["kind"] == "MPIJob"]
    groups = len(jobs) or (scalers[0] if scalers else workload.get("replicas"))
    workers = workload["mpiReplicaSpecs"]["Worker"]["replicas"] if jobs else 1
    size: int = workload.get("leaderWorkerTemplate", {}).get("size", workers)
    return None if groups is None else groups * size


@pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda path: f"{path.parts[-3]}/{path.stem}"
)
def test_a_scenario_is_rendered_as_its_spec_says(scenario: Path, helm3: str) -> None:
    name, text = scenario.parts[-3], scenario.read_text("utf-8")
    spec, objects = _spec(name, text), _objects(helm3, name, text)
    workload = _workload(objects)
    container = _pod(workload)["containers"][0]

    limits = container.get("resources", {}).get("limits", {})
    if spec.gpus:
        assert int(limits[spec.gpus.path[-1]]) == spec.gpus.value
    assert set(limits) == set(spec.resources.limits)
    assert _most_pods(objects) == (spec.pods.value if spec.pods else None)
    assert (
        "/dev/shm"
        in [mount["mountPath"] for mount in container.get("volumeMounts", ())]
    ) == spec.shared_memory.value
    assert _claim_modes(objects) == (
        [spec.storage.shared_claim.value] if spec.storage.shared_claim else []
    )
    _compare_volumes(spec, workload)
    _compare_container(spec, workload)
    _compare_scaling(spec, objects)
    probe = container.get("startupProbe")
    assert (probe is None) == (spec.startup is None)
    if probe and spec.startup:
        rendered = (
            probe["initialDelaySeconds"]
            + probe["periodSeconds"] * probe["failureThreshold"]
        )
        assert spec.startup.seconds <= rendered <= spec.startup.seconds + 30


def _compare_volumes(spec: ServingSpec, workload: Object) -> None:
    """A group of nodes has volumes of its own besides, for keys and start scripts."""
    pod, several = _pod(workload), workload["kind"] in ("LeaderWorkerSet", "MPIJob")
    mounts = {
        (mount["name"], mount["mountPath"].rstrip("/"))
        for mount in pod["containers"][0].get("volumeMounts", ())
    }
    volumes = {
        (volume["name"], _source(volume))
        for volume in [*pod.get("volumes", ()), *_from_templates(workload)]
    }
    told = {(mount.volume, mount.at) for mount in spec.pod.mounts or ()}
    named = {(volume.name, volume.kind) for volume in spec.pod.volumes or ()}
    assert (told <= mounts, named <= volumes) == (True, True)
    assert several or (told, named) == (mounts, volumes)
    assert spec.pod.placement
    selector, scheduler = pod.get("nodeSelector", {}), pod.get("schedulerName", "")
    assert (
        spec.pod.placement.node_selector.value,
        spec.pod.placement.scheduler.value,
    ) == (selector, scheduler)


def _compare_container(spec: ServingSpec, workload: Object) -> None:
    """A group of nodes has variables of its own besides, for its launcher."""
    pod, several = _pod(workload), workload["kind"] in ("LeaderWorkerSet", "MPIJob")
    container = pod["containers"][0]
    rendered = {
        container["image"],
        *(init["image"] for init in pod.get("initContainers", ())),
    }
    assert {
        str(image) for image in spec.pod.images or () if image.role != "model"
    } == rendered
    variables = {variable["name"]: variable for variable in container.get("env", ())}
    last = {variable.name: variable for variable in spec.pod.variables or ()}
    assert set(last) <= set(variables) if several else set(last) == set(variables)
    for name, variable in last.items():
        assert variable.text == variables[name].get("value"), name
    _compare_probes(spec, container)


def _compare_probes(spec: ServingSpec, container: Object) -> None:
    for probe in spec.pod.probes or ():
        rendered = container.get(f"{probe.kind}Probe")
        assert (rendered is not None) == probe.enabled, probe.kind
        if rendered:
            sizes = (
                rendered.get(key, default) for key, default in _PROBE_DEFAULTS.items()
            )
            assert (probe.initial_delay, probe.period, probe.threshold) == tuple(sizes)
            asked = rendered.get("httpGet", {}).get("path")
            assert probe.http is None or probe.http.value == asked


def _compare_scaling(spec: ServingSpec, objects: list[Object]) -> None:
    scalers = [
        found["spec"] for found in objects if found["kind"] == "HorizontalPodAutoscaler"
    ]
    told = spec.autoscaling
    fewest = [told.minimum.value] if told and told.minimum else []
    assert fewest == [scaler["minReplicas"] for scaler in scalers]
    for scaler in scalers:
        used = {
            metric["resource"]["name"]
            for metric in scaler.get("metrics", ())
            if metric["type"] == "Resource"
        }
        assert told
        assert {field.value for field in told.utilization} == (
            used if "metrics" in scaler else {"cpu"}
        )
    workload = _workload(objects)
    strategy = workload["spec"].get("strategy", workload["spec"].get("updateStrategy"))
    if strategy:
        assert spec.rollout
        assert (spec.rollout.kind, spec.rollout.type.value) == (
            workload["kind"],
            strategy.get("type", "RollingUpdate"),
        )
        assert (spec.rollout.block is not None) == bool(strategy.get("rollingUpdate"))


_PROBE_DEFAULTS = {"initialDelaySeconds": 0, "periodSeconds": 10, "failureThreshold": 3}


def _source(volume: Object) -> str:
    (kind,) = set(volume) - {"name"}
    return kind


def _nim_storage() -> Iterator[Object]:
    for claim, host, nfs, stateful in itertools.product((True, False), repeat=4):
        for mode in (
            ("ReadWriteOnce", "ReadWriteMany")
            if claim and not host and not nfs
            else ("ReadWriteOnce",)
        ):
            yield {
                "persistence": {"enabled": claim, "accessMode": mode},
                "hostPath": {"enabled": host},
                "nfs": {"enabled": nfs},
                "statefulSet": {"enabled": stateful},
            }


def _vllm_storage() -> Iterator[Object]:
    for on, claim, host, nfs in itertools.product(
        (True, False), ("", "weights"), ("", "/models"), ("", "10.0.0.5")
    ):
        yield {
            "persistence": {
                "enabled": on,
                "existingClaim": claim,
                "hostPath": {"path": host},
                "nfs": {"server": nfs, "path": "/exports"},
            }
        }


STORAGE = [("nim-llm", values) for values in _nim_storage()] + [
    ("vllm", values) for values in _vllm_storage()
]


@pytest.mark.parametrize(("name", "values"), STORAGE, ids=str)
def test_the_first_chosen_backend_is_the_volume(
    name: str, values: Object, helm3: str
) -> None:
    text = json.dumps(values)
    spec, objects = _spec(name, text), _objects(helm3, name, text)
    volume, storage = _model_volume(_workload(objects)), spec.storage
    chosen = [
        backend.name.removeprefix("persistence.")
        for backend in storage.backends
        if backend.chosen
    ]
    if chosen:
        assert VOLUMES.get(chosen[0], "persistentVolumeClaim") in volume
    else:
        assert ("emptyDir" in volume) == bool(storage.ephemeral)
    assert _claim_modes(objects) == (
        [storage.shared_claim.value] if storage.shared_claim else []
    )
