"""The server's pod on one node."""

from collections.abc import Callable
from typing import Any

import pytest

Object = dict[str, Any]
Pod = Callable[..., Object]

LEGACY: Object = {
    "model": {
        "legacyCompat": True,
        "nemo_port": 8000,
        "nemoPort": 8005,
        "openai_host": "0.0.0.0",
        "numWorkers": 2,
        "tritonURL": "localhost:8001",
        "tritonModelName": "ensemble",
        "trtModelName": "trt_llm",
        "customizationSource": "/custom",
        "dataStoreURL": "http://store",
        "modelStorePath": "/model-store",
    },
    "service": {"grpc_port": 8001},
}


def test_the_container_is_that_of_the_original_chart(container: Pod, env: Pod) -> None:
    server = container()
    assert server["name"] == "nim-llm"
    assert server["image"] == "nvcr.io/nim/meta/llama3-8b-instruct:1.0.3"
    assert server["imagePullPolicy"] == "IfNotPresent"
    assert server["resources"] == {"limits": {"nvidia.com/gpu": 1}}
    assert not {"command", "args", "securityContext"} & set(server)
    assert list(env()) == [
        "NIM_CACHE_PATH",
        "NGC_API_KEY",
        "OUTLINES_CACHE_DIR",
        "NIM_SERVER_PORT",
        "NIM_JSONL_LOGGING",
        "NIM_LOG_LEVEL",
    ]
    assert env()["NGC_API_KEY"] == {
        "secretKeyRef": {"name": "ngc-api", "key": "NGC_API_KEY"}
    }


def test_a_digest_wins_over_the_tag(container: Pod) -> None:
    digest = f"sha256:{'0' * 64}"
    image = {
        "repository": "acme/nim",
        "tag": "1.10",
        "digest": digest,
        "pullPolicy": "",
    }
    assert container({"image": image})["image"] == f"acme/nim@{digest}"
    assert "imagePullPolicy" not in container({"image": image})
    assert container({"image": {"tag": "1.10"}})["image"].endswith(":1.10")


def test_no_variables_for_services(pod: Pod) -> None:
    assert pod()["enableServiceLinks"] is False
    assert pod()["terminationGracePeriodSeconds"] == 60


def test_a_variable_of_the_user_replaces_the_charts(container: Pod) -> None:
    mine = [
        {"name": "NIM_LOG_LEVEL", "value": "TRACE"},
        {"name": "A", "value": "1"},
        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
        {"name": "A", "value": "2"},
        {"name": "EMPTY", "value": None},
    ]
    rendered = container({"env": mine})["env"]
    assert rendered[-4:] == [mine[0], mine[2], mine[3], {"name": "EMPTY"}]
    names = [each["name"] for each in rendered]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("key", ["openaiPort", "openai_port"])
def test_one_port_for_server_and_container(container: Pod, env: Pod, key: str) -> None:
    values = {"model": {key: 9000}}
    assert env(values)["NIM_SERVER_PORT"] == "9000"
    assert container(values)["ports"] == [
        {"name": "http-openai", "containerPort": 9000, "protocol": "TCP"}
    ]


def test_legacy_ports_are_unique(container: Pod) -> None:
    ports = {each["name"]: each["containerPort"] for each in container(LEGACY)["ports"]}
    assert ports == {"http-openai": 8000, "grpc": 8001, "metrics": 8002}
    moved = {**LEGACY, "healthPort": 8080, "metrics": {"enabled": False}}
    moved["model"] = {**LEGACY["model"], "openaiPort": 9999, "nemo_port": 9998}
    ports = {each["name"]: each["containerPort"] for each in container(moved)["ports"]}
    assert ports == {
        "http-openai": 9999,
        "health": 8080,
        "http": 8000,
        "grpc": 8001,
        "http-nemo": 9998,
    }


def test_legacy_command(container: Pod) -> None:
    assert " ".join(container(LEGACY)["command"]) == (
        "nemollm_inference_ms --model_name meta/llama3-8b-instruct --num_gpus 1 --nemo_port 8000 --openai_port 8000 "
        "--host 0.0.0.0 --health_port 8000 --num_workers 2 --log_level INFO --triton_url localhost:8001 "
        "--triton_model_name ensemble --trt_model_name trt_llm --customization_source /custom "
        "--data_store_url http://store --model_store_path /model-store"
    )
    assert container({**LEGACY, "customCommand": ["run"]})["command"] == ["run"]


def test_legacy_probes_and_mount(container: Pod) -> None:
    server = container({**LEGACY, "healthPort": 8080})
    assert server["livenessProbe"]["httpGet"] == {
        "path": "/v1/health/live",
        "port": 8080,
    }
    store = {
        "name": "model-store",
        "mountPath": "/model-store",
        "subPath": "model-store",
    }
    assert store in server["volumeMounts"]


def test_command_and_arguments(container: Pod) -> None:
    server = container({"customCommand": ["a b", "c"], "customArgs": ["--d"]})
    assert (server["command"], server["args"]) == (["a b", "c"], ["--d"])


@pytest.mark.parametrize("level", ["debug", "DEBUG"])
def test_log_level_is_upper_case(env: Pod, level: str) -> None:
    assert env({"model": {"logLevel": level}})["NIM_LOG_LEVEL"] == "DEBUG"


@pytest.mark.parametrize(("on", "rendered"), [(True, "1"), (False, "0")])
def test_json_logging(env: Pod, on: bool, rendered: str) -> None:
    assert env({"model": {"jsonLogging": on}})["NIM_JSONL_LOGGING"] == rendered


def test_secrets_of_the_environment(env: Pod) -> None:
    model = {"ngcAPISecret": "", "hfTokenSecret": "hub", "hfTokenSecretKey": "token"}
    variables = env({"model": model})
    assert "NGC_API_KEY" not in variables
    assert variables["HF_TOKEN"] == {"secretKeyRef": {"name": "hub", "key": "token"}}
    renamed = env({"model": {"ngcAPISecret": "mine", "ngcAPISecretKey": "key"}})
    assert renamed["NGC_API_KEY"] == {"secretKeyRef": {"name": "mine", "key": "key"}}


def test_shared_memory_can_be_bounded(pod: Pod) -> None:
    assert {"name": "dshm", "emptyDir": {"medium": "Memory"}} in pod()["volumes"]
    bounded = {"name": "dshm", "emptyDir": {"medium": "Memory", "sizeLimit": "16Gi"}}
    assert bounded in pod({"sharedMemory": {"sizeLimit": "16Gi"}})["volumes"]


def test_maps_and_lists_of_volumes_render_the_same(
    objects: Callable[..., list[Object]], chart: Any
) -> None:
    maps, lists = (
        objects(f"--values={chart}/ci/extra-volumes-{form}-values.yaml")
        for form in ("map", "list")
    )
    assert maps == lists
    assert maps != objects("--set=persistence.enabled=true")


def test_ids_can_be_dropped(pod: Pod, container: Pod) -> None:
    ids = {"runAsUser": None, "runAsGroup": None, "fsGroup": None}
    assert "securityContext" not in pod({"podSecurityContext": ids})
    assert "securityContext" not in container(
        {"containerSecurityContext": {"runAsUser": None}}
    )
    assert pod()["securityContext"] == {
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "fsGroup": 1000,
    }


def test_a_default_limit_can_be_dropped(container: Pod) -> None:
    limits = {"nvidia.com/gpu": None, "nvidia.com/mig-3g.40gb": 1}
    assert container({"resources": {"limits": limits}})["resources"] == {
        "limits": {"nvidia.com/mig-3g.40gb": 1}
    }
    assert "resources" not in container({"resources": None})


def test_trusted_certificates(pod: Pod, container: Pod) -> None:
    values = {
        "proxyCA": {"enabled": True, "secretName": "proxy"},
        "lora": {"repositories": ["a/b"]},
    }
    mount = {
        "name": "proxy-ca",
        "mountPath": "/opt/nim/proxy-ca",
        "subPath": "ca.crt",
        "readOnly": True,
    }
    (download,) = pod(values)["initContainers"]
    assert {"name": "proxy-ca", "secret": {"secretName": "proxy"}} in pod(values)[
        "volumes"
    ]
    for each in (container(values), download):
        assert mount in each["volumeMounts"]
        assert {"name": "SSL_CERT_FILE", "value": "/opt/nim/proxy-ca"} in each["env"]
    assert "proxyCA.secretName" in refusal(pod, {"proxyCA": {"enabled": True}})


def refusal(pod: Pod, values: Object) -> str:
    with pytest.raises(AssertionError) as caught:
        pod(values)
    return str(caught.value)


def test_scheduling(pod: Pod) -> None:
    values = {
        "nodeSelector": {"gpu": "h100"},
        "affinity": {"nodeAffinity": {}},
        "runtimeClassName": "nvidia",
        "priorityClassName": "high",
    }
    spec = pod(values)
    assert {key: spec[key] for key in values} == values
    assert spec["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}
    ]


def test_probes(container: Pod) -> None:
    server = container()
    assert server["startupProbe"] == {
        "httpGet": {"path": "/v1/health/ready", "port": "http-openai"},
        "initialDelaySeconds": 40,
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 180,
    }
    changed = container(
        {
            "startupProbe": {"enabled": False},
            "livenessProbe": {
                "method": "script",
                "command": ["live"],
                "failureThreshold": None,
            },
            "readinessProbe": {"path": "/ready"},
        }
    )
    assert "startupProbe" not in changed
    assert changed["livenessProbe"]["exec"] == {"command": ["live"]}
    assert not {"httpGet", "failureThreshold"} & set(changed["livenessProbe"])
    assert changed["readinessProbe"]["httpGet"]["path"] == "/ready"
