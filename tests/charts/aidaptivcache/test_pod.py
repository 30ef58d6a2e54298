"""The Deployment and its pod: image, devices, scheduling, probes, rollout."""

from collections.abc import Callable
from typing import Any

import pytest

Spec = Callable[..., dict[str, Any]]

DEVICES = {
    "otterscale.com/vgpu": 1,
    "otterscale.com/vgpumem-percentage": 80,
    "phison.com/ai100": 1,
}


def test_the_defaults_are_those_of_the_upstream_readme(pod: Spec, server: Spec) -> None:
    assert server()["image"] == "docker.io/library/aidaptiv:vNXUN_3_03AA"
    assert server()["resources"] == {"limits": DEVICES, "requests": DEVICES}
    assert pod()["schedulerName"] == "hami-scheduler"


def test_a_pod_gets_no_token_and_no_variables_of_other_services(pod: Spec) -> None:
    assert pod()["automountServiceAccountToken"] is False
    assert pod()["enableServiceLinks"] is False


def test_null_drops_a_device(server: Spec) -> None:
    dropped = dict.fromkeys(DEVICES, None)
    values = {
        "resources": {"limits": {**dropped, "nvidia.com/gpu": 1}, "requests": dropped}
    }
    assert server(values=values)["resources"] == {"limits": {"nvidia.com/gpu": 1}}


def test_an_empty_scheduler_is_the_clusters(pod: Spec) -> None:
    assert "schedulerName" not in pod(values={"schedulerName": ""})


def test_an_update_never_needs_a_second_set_of_devices(deployment: Spec) -> None:
    assert deployment()["spec"]["strategy"] == {
        "type": "Recreate",
        "rollingUpdate": None,
    }
    rolling = {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
    }
    assert (
        deployment(values={"deployment": {"strategy": rolling}})["spec"]["strategy"]
        == rolling
    )


@pytest.mark.parametrize(
    ("probe", "threshold"),
    [("startupProbe", 180), ("readinessProbe", 3), ("livenessProbe", 6)],
)
def test_probes(server: Spec, probe: str, threshold: int) -> None:
    assert server()[probe] == {
        "httpGet": {"path": "/health", "port": "http"},
        "initialDelaySeconds": 0,
        "periodSeconds": 10,
        "timeoutSeconds": 5,
        "failureThreshold": threshold,
    }
    values = {probe: {"path": "/ping", "failureThreshold": 1000000}}
    assert server(values=values)[probe]["httpGet"]["path"] == "/ping"
    assert server(values=values)[probe]["failureThreshold"] == 1000000
    assert probe not in server(values={probe: {"enabled": False}})


def test_scheduling_and_the_rest_are_passed_on_as_they_are(deployment: Spec) -> None:
    fields: dict[str, Any] = {
        "runtimeClassName": "nvidia",
        "serviceAccountName": "llama",
        "imagePullSecrets": [{"name": "registry"}],
        "nodeSelector": {"phison.com/ai100-present": "true"},
        "tolerations": [{"key": "gpu", "operator": "Exists"}],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": []
                }
            }
        },
    }
    context = {
        "podSecurityContext": {"fsGroup": 1000},
        "securityContext": {"runAsUser": 1000},
    }
    values = {
        **fields,
        **context,
        "podAnnotations": {"a": "b"},
        "deployment": {"replicas": 3},
    }
    spec = deployment(values=values)["spec"]
    template = spec["template"]
    assert spec["replicas"] == 3
    assert {key: template["spec"][key] for key in fields} == fields
    assert template["spec"]["securityContext"] == {"fsGroup": 1000}
    assert template["spec"]["containers"][0]["securityContext"] == {"runAsUser": 1000}
    assert template["metadata"]["annotations"] == {"a": "b"}
