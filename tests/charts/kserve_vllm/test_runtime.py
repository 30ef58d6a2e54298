"""The ServingRuntime of a single node."""

from collections.abc import Callable
from typing import Any

import pytest

Object = dict[str, Any]
Part = Callable[..., Object]
RAW = {"deploymentMode": "RawDeployment"}
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def test_the_runtime_serves_vllm_models(runtime: Part) -> None:
    spec = runtime()["spec"]
    assert spec["supportedModelFormats"] == [{"name": "vLLM", "autoSelect": True}]
    assert "protocolVersions" not in spec, "a list without v2 is refused"
    assert spec["annotations"] == {
        "prometheus.io/path": "/metrics",
        "prometheus.io/port": "8080",
    }
    assert spec["volumes"] == [
        {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "2Gi"}}
    ]


def test_the_server(server: Part) -> None:
    container = server()
    assert container["command"] == [
        "python",
        "-m",
        "vllm.entrypoints.openai.api_server",
    ]
    assert container["args"] == ["--port=8080", "--model=/mnt/models"]
    assert container["env"] == [{"name": "HF_HOME", "value": "/tmp/hf_home"}]
    assert container["ports"] == [{"containerPort": 8080, "protocol": "TCP"}], (
        "Knative takes no name but http1 and h2c"
    )
    assert container["volumeMounts"] == [{"name": "shm", "mountPath": "/dev/shm"}]
    assert "imagePullPolicy" not in container


def test_lists_of_the_user_replace_those_of_the_chart(server: Part) -> None:
    own = {"command": ["vllm", "serve"], "args": ["--model=/mnt/models"], "env": []}
    container = server(values={"servingRuntime": own})
    assert (container["command"], container["args"], "env" in container) == (
        own["command"],
        own["args"],
        False,
    )


@pytest.mark.parametrize(
    ("image", "rendered"),
    [
        ({"tag": "rhoai-2.25-cuda"}, "quay.io/modh/vllm:rhoai-2.25-cuda"),
        (
            {"image": "acme/vllm", "tag": "sha256:" + "0" * 64},
            "acme/vllm@sha256:" + "0" * 64,
        ),
    ],
)
def test_the_image(server: Part, image: Object, rendered: str) -> None:
    container = server(values={"image": {**image, "pullPolicy": "Always"}})
    assert (container["image"], container["imagePullPolicy"]) == (rendered, "Always")


def test_a_plain_deployment_gets_all_probes(server: Part) -> None:
    """U17: upstream had none, and KServe then asks whether the port is open."""
    container = server(
        values={**RAW, "livenessProbe": {"path": "/ping", "initialDelaySeconds": 5}}
    )
    assert container["startupProbe"] == {
        "httpGet": {"path": "/health", "port": 8080},
        "periodSeconds": 10,
        "timeoutSeconds": 5,
        "failureThreshold": 180,
    }
    assert container["livenessProbe"]["httpGet"]["path"] == "/ping"
    assert container["livenessProbe"]["initialDelaySeconds"] == 5


def test_knative_gets_the_readiness_probe_alone(server: Part) -> None:
    assert [probe for probe in PROBES if probe in server()] == ["readinessProbe"]


@pytest.mark.parametrize("mode", ["Serverless", "RawDeployment"])
def test_probes_can_be_switched_off(server: Part, mode: str) -> None:
    values = {"deploymentMode": mode, **{probe: {"enabled": False} for probe in PROBES}}
    assert not {*PROBES} & set(server(values=values))


def test_shared_memory_in_bytes(runtime: Part) -> None:
    volumes = runtime(values={"servingRuntime": {"shmSize": 4294967296}})["spec"][
        "volumes"
    ]
    assert volumes[0]["emptyDir"]["sizeLimit"] == "4294967296"
