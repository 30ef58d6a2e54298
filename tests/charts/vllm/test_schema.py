"""What the schema refuses, and that it knows exactly the keys of values.yaml."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.schemas import closed, without_optional

Error = Callable[..., str]

REFUSED = [
    ("/vllm", {"vllm": {"tensorParalelSize": 2}}),
    ("", {"tensorParallelSize": 2}),
    ("/vllm/gpuMemoryUtilization", {"vllm": {"gpuMemoryUtilization": 90}}),
    ("/vllm/gpuMemoryUtilization", {"vllm": {"gpuMemoryUtilization": 0}}),
    ("/vllm/gpuMemoryUtilization", {"vllm": {"gpuMemoryUtilization": "0.0"}}),
    ("/vllm/gpuMemoryUtilization", {"vllm": {"gpuMemoryUtilization": "1.1"}}),
    ("/vllm/maxModelLen", {"vllm": {"maxModelLen": 0}}),
    ("/vllm/maxModelLen", {"vllm": {"maxModelLen": "1e+06"}}),
    ("/vllm/maxModelLen", {"vllm": {"maxModelLen": "1.5K"}}),
    ("/vllm/model", {"vllm": {"model": ""}}),
    ("/vllm/model", {"vllm": {"model": "--model"}}),
    ("/vllm/port", {"vllm": {"port": 70000}}),
    ("/vllm/tensorParallelSize", {"vllm": {"tensorParallelSize": 0}}),
    ("/vllm/cudaGraphMode", {"vllm": {"cudaGraphMode": "full"}}),
    ("/vllm/additionalArgs/0", {"vllm": {"additionalArgs": [True]}}),
    ("/vllm/additionalArgs/0", {"vllm": {"additionalArgs": [""]}}),
    ("/vllm/env/0", {"vllm": {"env": [{"name": "A"}]}}),
    ("/vllm/env/0", {"vllm": {"env": [{"name": "A", "value": "1", "valueFrom": {}}]}}),
    ("/vllm/lora/maxLoraRank", {"vllm": {"lora": {"maxLoraRank": 24}}}),
    ("/vllm/lora/modules/0", {"vllm": {"lora": {"modules": [{"name": "a"}]}}}),
    ("/persistence/size", {"persistence": {"size": "50GB"}}),
    ("/persistence/size", {"persistence": {"size": "8g"}}),
    ("/persistence/size", {"persistence": {"size": "400m"}}),
    ("/persistence/accessMode", {"persistence": {"accessMode": "RWX"}}),
    ("/persistence/hostPath/path", {"persistence": {"hostPath": {"path": "data"}}}),
    ("/persistence/hostPath/type", {"persistence": {"hostPath": {"type": "Dir"}}}),
    ("/persistence/mountPath", {"persistence": {"mountPath": "/"}}),
    ("/shm/sizeLimit", {"shm": {"sizeLimit": "4GiB"}}),
    ("/image/tag", {"image": {"tag": 0.1}}),
    ("/image/digest", {"image": {"digest": "sha256:abc"}}),
    ("/image/repository", {"image": {"repository": ""}}),
    ("/nameOverride", {"nameOverride": "Not_A_Label"}),
    ("/fullnameOverride", {"fullnameOverride": "f" * 64}),
    ("/init_drop_cache", {"init_drop_cache": "true"}),
    ("/kaischeduler", {"kaischeduler": {"queue": "research"}}),
    ("/kaischeduler", {"kaischeduler": {"gpuMemoryMiB": 100}}),
    ("/kaischeduler/queue", {"kaischeduler": {"queue": None, "gpuMemoryMiB": 100}}),
    ("/resources/limits/memory", {"resources": {"limits": {"memory": "16GB"}}}),
    ("/resources/limits/memory", {"resources": {"limits": {"memory": "400m"}}}),
    ("/podAnnotations/port", {"podAnnotations": {"port": 8000}}),
    ("/slowStart/maxStartupSeconds", {"slowStart": {"maxStartupSeconds": 59}}),
    ("/livenessProbe/successThreshold", {"livenessProbe": {"successThreshold": 2}}),
    ("/startupProbe/failureThreshold", {"startupProbe": {"failureThreshold": 0}}),
    ("/service/type", {"service": {"type": "clusterIP"}}),
    ("/service/nodePort", {"service": {"nodePort": 8000}}),
    ("/service/targetPort", {"service": {"targetPort": "8000"}}),
    (
        "/ingress/hosts/0/paths/0/pathType",
        {"ingress": {"hosts": [{"paths": [{"pathType": "prefix"}]}]}},
    ),
    ("/autoscaling/minReplicas", {"autoscaling": {"minReplicas": 0}}),
    (
        "/podDisruptionBudget/minAvailable",
        {"podDisruptionBudget": {"minAvailable": "half"}},
    ),
    ("/strategy/type", {"strategy": {"type": "OnDelete"}}),
    (
        "/monitoring/serviceMonitor/interval",
        {"monitoring": {"serviceMonitor": {"interval": "30"}}},
    ),
    ("/tests/request", {"tests": {"request": "embeddings"}}),
    ("/tests/timeoutSeconds", {"tests": {"timeoutSeconds": 5}}),
    ("/imagePullSecrets/0", {"imagePullSecrets": ["registry"]}),
]


@pytest.mark.parametrize(
    ("pointer", "values"), REFUSED, ids=lambda value: json.dumps(value)[:60]
)
def test_refused(error: Error, pointer: str, values: dict[str, Any]) -> None:
    assert f"- at '{pointer}'" in error(values=values)


def test_a_gpu_key_that_set_took_apart_is_refused(error: Error) -> None:
    assert "- at '/resources/limits/nvidia'" in error(
        "--set", "resources.limits.nvidia.com/gpu=1"
    )


@pytest.mark.parametrize(
    "key", ["persistence", "vllm.model", "service.port", "livenessProbe", "tests.image"]
)
def test_a_null_that_removes_what_every_install_needs_is_refused(
    error: Error, key: str
) -> None:
    parent, _, name = key.rpartition(".")
    assert f"- at '{'/' * bool(parent)}{parent}': missing property '{name}'" in error(
        "--set", f"{key}=null"
    )


ACCEPTED = [
    "vllm.gpuMemoryUtilization=0.7",
    "vllm.gpuMemoryUtilization=1",
    "vllm.maxModelLen=-1",
    "vllm.maxModelLen=1.5k",
    "vllm.asyncScheduling=null",
    "vllm.lora.maxLoraRank=null",
    "replicaCount=null",
    "progressDeadlineSeconds=null",
    "service.nodePort=null",
    "autoscaling.targetMemoryUtilizationPercentage=null",
    "podDisruptionBudget.minAvailable=null",
    "resources.limits=null",
    "kaischeduler=null",
    "securityContext=null",
    "runtimeClassName=null",
    "global.region=eu",
    "enabled=true",
]


@pytest.mark.parametrize("option", ACCEPTED)
def test_accepted(objects: Callable[..., Any], option: str) -> None:
    assert objects("--set", option)


@pytest.mark.parametrize("switches", [False, True])
def test_every_value_that_is_not_required_may_be_removed(
    objects: Callable[..., list[dict[str, Any]]], chart: Path, switches: bool
) -> None:
    schema = json.loads((chart / "values.schema.json").read_text())
    values = without_optional(
        schema, yaml.safe_load((chart / "values.yaml").read_text()), schema
    )
    for parent in (
        "ingress",
        "autoscaling",
        "podDisruptionBudget",
        "modelDownload",
        "shm",
        "persistence",
        "tests",
    ):
        values[parent]["enabled"] = switches
    values["monitoring"] = {
        "enabled": switches,
        "serviceMonitor": {"enabled": switches, "labels": None},
    }
    rendered = objects(values=values)
    (deployment,) = (each for each in rendered if each["kind"] == "Deployment")
    deployment["spec"].pop("strategy")
    assert not re.search(r"[:,\[] ?None\b", str(rendered))


def test_schema_and_values_have_the_same_keys(chart: Path) -> None:
    text = (chart / "values.yaml").read_text()
    schema = json.loads((chart / "values.schema.json").read_text())
    unset = set(re.findall(r"^ *# (\w+): null$", text, re.MULTILINE))
    only_in_schema = set()
    for path, properties, values in closed(schema, yaml.safe_load(text), schema):
        assert set(values) <= set(properties), path
        only_in_schema |= set(properties) - set(values)
    assert only_in_schema == unset | {"global", "enabled"}
