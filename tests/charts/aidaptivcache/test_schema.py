"""What the schema refuses, and that it knows exactly the keys of values.yaml."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.charts.aidaptivcache.test_command_line import SPELLINGS
from tests.charts.schemas import closed, without_optional

Error = Callable[..., str]

REFUSED = [
    ("", {"maxModelLen": 8192}),
    ("", {"replicas": 2}),
    ("/vllm/args", {"vllm": {"args": {"ssdKvOffloadGB": 0}}}),
    ("/vllm/args/model", {"vllm": {"args": {"model": ""}}}),
    ("/vllm/args/nvmePath", {"vllm": {"args": {"nvmePath": "nvme0"}}}),
    ("/vllm/args/port", {"vllm": {"args": {"port": 0}}}),
    ("/vllm/args/gpuMemoryUtilization", {"vllm": {"args": {"gpuMemoryUtilization": 90}}}),
    ("/vllm/args/gpuMemoryUtilization", {"vllm": {"args": {"gpuMemoryUtilization": "0.0"}}}),
    ("/vllm/args/maxModelLen", {"vllm": {"args": {"maxModelLen": "32k"}}}),
    ("/vllm/args/tensorParallelSize", {"vllm": {"args": {"tensorParallelSize": 0}}}),
    ("/vllm/args/ssdKvOffloadGb", {"vllm": {"args": {"ssdKvOffloadGb": -1}}}),
    ("/vllm/args/ssdKVOffloadGb", {"vllm": {"args": {"ssdKVOffloadGb": "500GB"}}}),
    ("/vllm/args/enforceEager", {"vllm": {"args": {"enforceEager": "false"}}}),
    ("/vllm/lora/maxRank", {"vllm": {"lora": {"maxRank": 24}}}),
    ("/vllm/lora/modules/0", {"vllm": {"lora": {"modules": [{"name": "a", "path": "/a"}]}}}),
    ("/vllm/env/vllmUseV1", {"vllm": {"env": {"vllmUseV1": True}}}),
    ("/vllm/env/vllmWorkerMultiprocMethod", {"vllm": {"env": {"vllmWorkerMultiprocMethod": "thread"}}}),
    ("/vllm/extraEnv/0", {"vllm": {"extraEnv": [{"name": "A", "value": "1", "valueFrom": {}}]}}),
    ("/vllm/extraArgs/0", {"vllm": {"extraArgs": [""]}}),
    ("/vllm/script", {"vllm": {"script": "a.py; rm"}}),
    ("/vllm/waiting", {"vllm": {"waiting": -1}}),
    ("/image/tag", {"image": {"tag": ""}}),
    ("/image/pullPolicy", {"image": {"pullPolicy": "always"}}),
    ("/deployment/name", {"deployment": {"name": "Not_A_Name"}}),
    ("/deployment/strategy/type", {"deployment": {"strategy": {"type": "OnDelete"}}}),
    ("/initContainer/sharedDataPath", {"initContainer": {"sharedDataPath": "/"}}),
    ("/initContainer/sharedDataPath", {"initContainer": {"sharedDataPath": "/dev/shm"}}),
    ("/initContainer/modelSourcePath", {"initContainer": {"modelSourcePath": "model"}}),
    ("/service/type", {"service": {"type": "nodePort"}}),
    ("/service/targetPort", {"service": {"targetPort": "http"}}),
    ("/service/nodePort", {"service": {"nodePort": 8000}}),
    ("/volumes/dshm/sizeLimit", {"volumes": {"dshm": {"sizeLimit": "30GB"}}}),
    ("/volumes/nfs/path", {"volumes": {"nfs": {"path": "models"}}}),
    ("/volumes/pvc/mountPath", {"volumes": {"pvc": {"mountPath": ""}}}),
    ("/modelImage/mountPath", {"modelImage": {"mountPath": "models"}}),
    ("/resources/limits/otterscale.com~1vgpumem-percentage",
     {"resources": {"limits": {"otterscale.com/vgpumem-percentage": 800}}}),
    ("/resources/limits/memory", {"resources": {"limits": {"memory": "16GB"}}}),
    ("/podLabels/version", {"podLabels": {"version": 1}}),
    ("/startupProbe", {"startupProbe": {"httpGet": {"path": "/health"}}}),
    ("/livenessProbe/failureThreshold", {"livenessProbe": {"failureThreshold": 0}}),
    ("/tests/request", {"tests": {"request": "embeddings"}}),
    ("/tests/timeoutSeconds", {"tests": {"timeoutSeconds": 5}}),
    ("/imagePullSecrets/0", {"imagePullSecrets": ["registry"]}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("pointer", "values"), REFUSED, ids=lambda value: json.dumps(value)[:60]
)
def test_refused(error: Error, pointer: str, values: dict[str, Any]) -> None:
    assert f"- at '{pointer}'" in error(values=values)


def test_a_resource_key_that_set_took_apart_is_refused(error: Error) -> None:
    assert "- at '/resources/limits/otterscale'" in error(
        "--set", "resources.limits.otterscale.com/vgpu=1"
    )


ACCEPTED = [
    "vllm.args.gpuMemoryUtilization=0.85",
    "vllm.args.ssdKvOffloadGb=0.5",
    "vllm.env.vllmUseV1=0",
    "service.targetPort=null",
    "resources=null",
    r"resources.limits.otterscale\.com/vgpumem-percentage=0",
    "prescript=null",
    "global.region=eu",
    "enabled=true",
]


@pytest.mark.parametrize("option", ACCEPTED)
def test_accepted(objects: Callable[..., Any], option: str) -> None:
    assert objects("--set", option)


@pytest.mark.parametrize(
    "key",
    ["vllm.args.model", "volumes", "service.port", "image.tag", "livenessProbe.path"],
)
def test_a_null_that_removes_what_every_install_needs_is_refused(
    error: Error, key: str
) -> None:
    parent, _, name = key.rpartition(".")
    assert (
        f"- at '{'/' * bool(parent)}{parent.replace('.', '/')}': missing property '{name}'"
        in error("--set", f"{key}=null")
    )


@pytest.mark.parametrize("switch", [False, True])
def test_every_value_that_is_not_required_may_be_removed(
    objects: Callable[..., list[dict[str, Any]]], chart: Path, switch: bool
) -> None:
    schema = json.loads((chart / "values.schema.json").read_text())
    values = without_optional(
        schema, yaml.safe_load((chart / "values.yaml").read_text()), schema
    )
    for parent in (
        values["initContainer"],
        values["volumes"]["dshm"],
        values["startupProbe"],
        values["tests"],
    ):
        parent["enabled"] = switch
    values["vllm"]["lora"]["enable"] = switch
    values["prescript"] = "true" if switch else None
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
    assert only_in_schema == unset | {"global", "enabled", "claims"} | set(
        SPELLINGS.values()
    )
