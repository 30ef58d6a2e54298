"""What the adapter of the aidaptivcache chart makes of values, beside what the chart renders."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_llm.serving.spec.spec import ServingSpec

CHART = Path(__file__).parents[2] / "charts" / "aidaptivcache"
SCENARIOS = sorted((CHART / "ci").glob("*-values.yaml"))

Serving = Callable[[str, dict[str, Any]], ServingSpec]
Object = dict[str, Any]


def _pod(helm: str, values: Object) -> Object:
    command = [
        helm,
        "template",
        "r",
        str(CHART),
        "--kube-version=1.34.0",
        "--values",
        "-",
    ]
    out = subprocess.run(
        command, input=json.dumps(values), stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    (found,) = (
        each for each in yaml.safe_load_all(out) if each["kind"] == "Deployment"
    )
    pod: Object = found["spec"]["template"]["spec"]
    return pod


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenarios_pod_is_what_is_rendered(
    serving: Serving, helm3: str, scenario: Path
) -> None:
    values = yaml.safe_load(scenario.read_text()) or {}
    spec, rendered = serving("aidaptivcache", values).pod, _pod(helm3, values)
    (server,) = rendered["containers"]
    containers = [server, *rendered.get("initContainers", ())]
    volumes = rendered["volumes"]

    assert spec.images
    assert spec.mounts
    assert spec.volumes
    assert spec.variables
    assert spec.probes
    assert spec.security
    images = [each["image"] for each in containers] + [
        v["image"]["reference"] for v in volumes if "image" in v
    ]
    assert [str(image) for image in spec.images] == images
    assert [(mount.volume, mount.at) for mount in spec.mounts] == [
        (each["name"], each["mountPath"]) for each in server["volumeMounts"]
    ]
    assert [(volume.name, volume.kind) for volume in spec.volumes] == [
        (each["name"], next(key for key in each if key != "name")) for each in volumes
    ]
    assert {each.name: each.text for each in spec.variables} == {
        each["name"]: each["value"] for each in server["env"]
    }
    assert {f"{probe.kind}Probe": probe.seconds for probe in spec.probes} == {
        key: each["initialDelaySeconds"]
        + each["periodSeconds"] * each["failureThreshold"]
        for key, each in server.items()
        if key.endswith("Probe")
    }
    assert spec.listens
    assert spec.listens.value == server["ports"][0]["containerPort"]
    assert spec.placement
    assert spec.placement.scheduler.value == rendered.get("schedulerName", "")
    privileged = [
        each["name"]
        for each in containers
        if each.get("securityContext", {}).get("privileged")
    ]
    assert [who for who, _ in spec.security.privileges] == [
        f"container {name}" for name in privileged
    ]


@pytest.mark.parametrize(
    ("values", "ranks"),
    [
        ({}, 1),
        ({"args": {"tensorParallelSize": 4}}, 4),
        ({"args": {"tensorParallelSize": 4}, "extraArgs": ["-tp", "2", "-pp=2"]}, 4),
        ({"extraArgs": ["--distributed-executor-backend=ray"]}, None),
    ],
)
def test_ranks(serving: Serving, values: Object, ranks: int | None) -> None:
    assert serving("aidaptivcache", {"vllm": values}).ranks_per_pod == ranks


def test_gpus_of_either_name(serving: Serving) -> None:
    spec = serving("aidaptivcache", {})
    assert spec.gpus
    assert (spec.gpus.value, spec.gpus.path) == (
        1,
        ("resources", "limits", "otterscale.com/vgpu"),
    )
    own = {"nvidia.com/gpu": 2, "otterscale.com/vgpu": None}
    spec = serving("aidaptivcache", {"resources": {"limits": own}})
    assert spec.gpus
    assert (spec.gpus.value, spec.gpus.path[-1]) == (2, "nvidia.com/gpu")


def test_waiting_comes_out_of_the_start_up_budget(serving: Serving) -> None:
    startup = serving("aidaptivcache", {"vllm": {"waiting": 600}}).startup
    assert startup
    assert startup.seconds == 1200
    assert ("vllm", "waiting") in startup.knobs


def test_an_argument_beats_the_value(serving: Serving) -> None:
    spec = serving(
        "aidaptivcache",
        {"vllm": {"extraArgs": ["--port=9000", "--host", "127.0.0.1", "--api-key=k"]}},
    )
    assert spec.pod.listens
    assert spec.pod.host
    assert (spec.pod.listens.value, spec.pod.listens.path) == (
        9000,
        ("vllm", "extraArgs", 0),
    )
    assert [target.value for target in spec.pod.targets] == [8000]
    assert (spec.pod.host.value, spec.authenticated) == ("127.0.0.1", True)


def test_the_spelling_that_counts_gives_the_path(serving: Serving) -> None:
    command = serving(
        "aidaptivcache", {"vllm": {"args": {"ssdKVOffloadGb": 0}}}
    ).command
    assert command
    assert command.value("--ssd-kv-offload-gb") == 0
    assert command.path("--ssd-kv-offload-gb") == ("vllm", "args", "ssdKVOffloadGb")


def test_the_way_in_and_the_rollout(serving: Serving) -> None:
    spec = serving("aidaptivcache", {})
    assert [way.kind for way in spec.exposures] == ["NodePort"]
    assert (spec.authenticated, spec.rollout and spec.rollout.type.value) == (
        False,
        "Recreate",
    )
    assert serving("aidaptivcache", {"service": {"type": "ClusterIP"}}).exposures == ()


@pytest.mark.parametrize(("place", "backends"), [("/mnt/data/", 2), ("/mnt/nfs", 0)])
def test_claim_and_export_are_backends_of_one_directory_only(
    serving: Serving, place: str, backends: int
) -> None:
    storage = serving(
        "aidaptivcache", {"volumes": {"nfs": {"mountPath": place}}}
    ).storage
    assert len(storage.backends) == backends
    assert (storage.clash is None) == (backends == 0)


def test_a_repository_of_the_hub_is_downloaded(serving: Serving) -> None:
    assert not serving("aidaptivcache", {}).model.downloads
    assert serving("aidaptivcache", {}).model.local
    assert serving(
        "aidaptivcache", {"vllm": {"args": {"model": "Qwen/Qwen3-8B"}}}
    ).model.downloads
