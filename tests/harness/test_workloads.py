"""When a workload counts as ready."""

from typing import Any

import pytest

from helm_llm.harness.ready import default_time_limit
from helm_llm.harness.workloads import WORKLOADS
from tests.harness.shapes import deployment


def stateful(**status: Any) -> dict[str, Any]:
    return {"kind": "StatefulSet", "spec": {"replicas": 2}, "status": status}


def inference(ready: str) -> dict[str, Any]:
    return {
        "kind": "InferenceService",
        "status": {"conditions": [{"type": "Ready", "status": ready}]},
    }


READY = [
    pytest.param(
        deployment(1, updatedReplicas=1, replicas=1, availableReplicas=1),
        True,
        id="deployment",
    ),
    pytest.param(deployment(1), False, id="deployment-just-made"),
    pytest.param(deployment(0), True, id="deployment-scaled-to-0"),
    pytest.param(
        deployment(1, updatedReplicas=1, replicas=2, availableReplicas=2),
        False,
        id="old-pod-still-runs",
    ),
    pytest.param(
        deployment(2, updatedReplicas=2, replicas=2, availableReplicas=1),
        False,
        id="half-of-them",
    ),
    pytest.param(
        stateful(readyReplicas=2, updateRevision="a", currentRevision="a"),
        True,
        id="stateful-set",
    ),
    pytest.param(
        stateful(readyReplicas=2, updateRevision="b", currentRevision="a"),
        False,
        id="old-revision",
    ),
    pytest.param(inference("True"), True, id="inference-service"),
    pytest.param(inference("False"), False, id="inference-service-not-ready"),
    pytest.param({"kind": "InferenceService"}, False, id="inference-service-just-made"),
    pytest.param(
        {
            "kind": "LeaderWorkerSet",
            "spec": {"replicas": 1},
            "status": {"readyReplicas": 1},
        },
        True,
        id="lws",
    ),
    pytest.param(
        {
            "kind": "DaemonSet",
            "status": {"numberReady": 1, "desiredNumberScheduled": 2},
        },
        False,
        id="daemons",
    ),
]


@pytest.mark.parametrize(("workload", "ready"), READY)
def test_when_a_workload_is_ready(workload: dict[str, Any], ready: bool) -> None:
    assert WORKLOADS[workload["kind"]].progress(workload).is_done is ready


def with_probe(**probe: int) -> dict[str, Any]:
    containers = [{"name": "vllm", "startupProbe": probe}]
    return {
        "kind": "Deployment",
        "spec": {"template": {"spec": {"containers": containers}}},
    }


def test_waiting_lasts_as_long_as_the_startup_probe_allows_and_two_minutes() -> None:
    assert (
        default_time_limit([with_probe(periodSeconds=10, failureThreshold=60)]) == 720
    )


def test_waiting_lasts_five_minutes_at_least() -> None:
    assert default_time_limit([with_probe(periodSeconds=1, failureThreshold=3)]) == 300
    assert default_time_limit([]) == 300
