"""The Deployment and its pod: image, GPUs, scheduling, security, rollout."""

from collections.abc import Callable
from typing import Any

import pytest

Spec = Callable[..., dict[str, Any]]


def test_the_defaults_ask_for_nothing_that_a_cluster_may_lack(
    pod: Spec, server: Spec
) -> None:
    assert set(pod()) == {
        *("serviceAccountName", "automountServiceAccountToken", "enableServiceLinks"),
        *("terminationGracePeriodSeconds", "containers", "volumes"),
    }
    assert set(server()) == {
        *(
            "name",
            "image",
            "imagePullPolicy",
            "command",
            "args",
            "env",
            "ports",
            "volumeMounts",
        ),
        *("startupProbe", "livenessProbe", "readinessProbe"),
    }


def test_a_pod_needs_no_token_and_no_variables_of_other_services(pod: Spec) -> None:
    assert pod()["automountServiceAccountToken"] is False
    assert pod()["enableServiceLinks"] is False


@pytest.mark.parametrize(
    ("image", "rendered"),
    [
        ({}, "vllm/vllm-openai:v0.33.0"),
        ({"tag": "v0.11.0"}, "vllm/vllm-openai:v0.11.0"),
        ({"repository": "mirror:5000/vllm", "tag": "x"}, "mirror:5000/vllm:x"),
        (
            {"tag": "x", "digest": "sha256:" + "a" * 64},
            "vllm/vllm-openai@sha256:" + "a" * 64,
        ),
    ],
)
def test_image(server: Spec, image: dict[str, str], rendered: str) -> None:
    assert server(values={"image": image})["image"] == rendered


@pytest.mark.parametrize(
    "options",
    [
        ["--set", r"resources.limits.nvidia\.com/gpu=1"],
        ["--set-string", r"resources.limits.nvidia\.com/gpu=1"],
        ["--set-json", 'resources={"limits": {"nvidia.com/gpu": 1}}'],
    ],
)
def test_a_gpu_limit_may_be_a_number_or_text(server: Spec, options: list[str]) -> None:
    (limit,) = server(*options)["resources"]["limits"].values()
    assert int(limit) == 1


def test_null_drops_a_quantity_and_a_list_without_any(server: Spec) -> None:
    quantities = {"cpu": 4, "memory": 17179869184, "nvidia.com/gpu": None}
    values = {
        "resources": {
            "limits": {"nvidia.com/gpu": None},
            "requests": quantities,
            "claims": [{"name": "gpu"}],
        }
    }
    assert server(values=values)["resources"] == {
        "requests": {"cpu": 4, "memory": 17179869184},
        "claims": [{"name": "gpu"}],
    }


def test_a_shared_gpu_replaces_the_whole_one_and_keeps_everything_else(
    deployment: Spec,
) -> None:
    quantities = {"nvidia.com/gpu": 1, "ephemeral-storage": "9Gi", "memory": "8Gi"}
    values = {
        "kaischeduler": {"queue": "research", "gpuMemoryMiB": 2000000},
        "resources": {"limits": quantities, "requests": quantities},
        "podAnnotations": {"mine": "a"},
        "podLabels": {"mine": "l"},
    }
    template = deployment(values=values)["template"]
    assert template["metadata"]["annotations"]["gpu-memory"] == "2000000"
    assert template["metadata"]["annotations"]["mine"] == "a"
    assert template["metadata"]["labels"]["kai.scheduler/queue"] == "research"
    assert template["metadata"]["labels"]["mine"] == "l"
    assert template["spec"]["schedulerName"] == "kai-scheduler"
    kept = {"ephemeral-storage": "9Gi", "memory": "8Gi"}
    assert template["spec"]["containers"][0]["resources"] == {
        "limits": kept,
        "requests": kept,
    }


def test_a_scheduler_named_by_the_user_wins(pod: Spec) -> None:
    values = {
        "schedulerName": "mine",
        "kaischeduler": {"queue": "q", "gpuMemoryMiB": 1},
    }
    assert pod(values=values)["schedulerName"] == "mine"


def test_scheduling_and_the_rest_are_passed_on_as_they_are(pod: Spec) -> None:
    fields: dict[str, Any] = {
        "runtimeClassName": "nvidia",
        "priorityClassName": "high",
        "imagePullSecrets": [{"name": "registry"}],
        "nodeSelector": {"gpu": "h100"},
        "tolerations": [{"key": "gpu", "operator": "Exists"}],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": []
                }
            }
        },
        "topologySpreadConstraints": [
            {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}
        ],
        "terminationGracePeriodSeconds": 0,
        "enableServiceLinks": True,
    }
    spec = pod(
        values={
            **fields,
            "podSecurityContext": {"fsGroup": 1000},
            "extraContainers": [{"name": "proxy"}],
        }
    )
    assert {key: spec[key] for key in fields} == fields
    assert spec["securityContext"] == {"fsGroup": 1000}
    assert [each["name"] for each in spec["containers"]] == ["vllm", "proxy"]


CONTEXT = {
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def test_a_security_context_is_passed_on(server: Spec) -> None:
    lifecycle = {"preStop": {"exec": {"command": ["sleep", "5"]}}}
    container = server(values={"securityContext": CONTEXT, "lifecycle": lifecycle})
    assert container["securityContext"] == CONTEXT
    assert container["lifecycle"] == lifecycle


def test_dropping_the_cache_is_done_by_the_server_container_as_root(pod: Spec) -> None:
    spec = pod(values={"init_drop_cache": True, "securityContext": CONTEXT})
    assert spec["hostPID"] is True
    assert "hostNetwork" not in spec
    assert "initContainers" not in spec
    assert spec["containers"][0]["securityContext"] == {
        "privileged": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_nothing_is_installed_at_start(objects: Callable[..., Any]) -> None:
    rendered = str(
        objects(values={"vllm": {"additionalArgs": ["--quantization=bitsandbytes"]}})
    )
    assert "pip" not in rendered


def test_an_update_never_needs_a_second_gpu_and_clears_an_earlier_rolling_update(
    deployment: Spec,
) -> None:
    assert deployment()["strategy"] == {"type": "Recreate", "rollingUpdate": None}
    rolling = {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
    }
    assert deployment(values={"strategy": rolling})["strategy"] == rolling
    assert deployment(values={"strategy": {"type": "RollingUpdate"}})["strategy"] == {
        "type": "RollingUpdate"
    }


@pytest.mark.parametrize(
    ("values", "replicas"),
    [
        ({}, 1),
        ({"replicaCount": 0}, 0),
        ({"replicaCount": None}, None),
        ({"replicaCount": 3, "autoscaling": {"enabled": True}}, None),
    ],
)
def test_replicas_are_left_out_when_something_else_decides(
    deployment: Spec, values: dict[str, Any], replicas: int | None
) -> None:
    assert deployment(values=values).get("replicas") == replicas
