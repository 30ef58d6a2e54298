"""What a crowded machine tells late, or never: a diagnosis waits for it, and then says what is likely."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from helm_llm.harness import ready
from helm_llm.harness.causes import diagnose
from helm_llm.harness.context import Context, Tools
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.ready import Watch
from helm_llm.harness.result import Diagnosis, Failed
from helm_llm.tools.helm import Helm
from helm_llm.tools.kubectl import Access
from helm_llm.tools.proxy import Proxy
from tests.harness.conftest import Program
from tests.harness.shapes import (
    crashed,
    deployment,
    event,
    node,
    pod,
    unscheduled,
    waiting,
)
from tests.harness.test_api import STAND_IN

LIMITED = {
    "containers": [{"name": "vllm", "resources": {"limits": {"memory": "64Mi"}}}]
}
PROBED = {
    "containers": [
        {
            "name": "vllm",
            "startupProbe": {"periodSeconds": 1, "failureThreshold": 30},
            "resources": {"limits": {"memory": "64Mi"}},
        }
    ]
}
MEMORY = "more main memory than its limit of 64Mi"


def found(**evidence: Any) -> Diagnosis:
    diagnosis = diagnose(Evidence(release="llm", **evidence))
    assert diagnosis
    return diagnosis


def ended(seconds: int, code: int = 137, reason: str = "Error") -> dict[str, Any]:
    """The status of a container that lived so long."""
    status = deepcopy(dict(crashed(code, reason)))
    times = {
        "startedAt": "2026-11-21T09:00:00Z",
        "finishedAt": f"2026-11-21T09:{seconds // 60:02}:{seconds % 60:02}Z",
    }
    status["lastState"]["terminated"] |= times
    return status


@pytest.mark.parametrize("reason", ["Error", "", "ContainerStatusUnknown"])
def test_a_kill_is_most_likely_for_memory(reason: str) -> None:
    likely = found(pods=[pod(spec=LIMITED, containerStatuses=[crashed(137, reason)])])
    assert likely.cause == "out-of-memory"
    assert f"exit code 137), most likely because it used {MEMORY}" in likely.sentence
    assert not likely.settled


def test_the_reason_makes_it_certain() -> None:
    certain = found(
        pods=[pod(spec=LIMITED, containerStatuses=[crashed(137, "OOMKilled")])]
    )
    assert certain.sentence.endswith(f"was killed: it used {MEMORY}")
    assert certain.settled


@pytest.mark.parametrize("code", [137, 143])
def test_a_container_that_outlived_its_probe_was_killed_by_it(code: int) -> None:
    failed = event("llm-0", "Unhealthy", "Startup probe failed: connection refused")
    diagnosis = found(
        pods=[pod(spec=PROBED, containerStatuses=[ended(31, code)])], events=[failed]
    )
    assert diagnosis.cause == "probe-budget"
    assert "within the 30 s of its startup probe" in diagnosis.sentence


def test_a_container_that_died_before_its_probe_could_give_up_was_not() -> None:
    failed = event("llm-0", "Unhealthy", "Startup probe failed: connection refused")
    diagnosis = found(
        pods=[pod(spec=PROBED, containerStatuses=[ended(4)])], events=[failed]
    )
    assert diagnosis.cause == "out-of-memory"


def test_what_the_engine_said_counts_more_than_a_kill() -> None:
    logs = {("llm-0", "vllm"): "vllm: error: unrecognized arguments: --x 1"}
    assert (
        found(pods=[pod(containerStatuses=[crashed(137)])], logs=logs).cause
        == "engine-argument"
    )


def test_containers_of_an_evicted_pod_did_not_crash() -> None:
    gone = pod(
        phase="Failed",
        reason="Evicted",
        message="disk",
        containerStatuses=[crashed(137)],
    )
    assert found(pods=[gone]).cause == "evicted"
    assert found(pods=[gone]).final
    assert not found(pods=[gone, pod("llm-1", phase="Pending")]).final


def test_a_pod_that_its_node_does_not_admit() -> None:
    refused = pod(
        phase="Failed",
        reason="UnexpectedAdmissionError",
        message="Allocate failed: no device",
    )
    assert found(pods=[refused]).cause == "pod-failed"
    assert "UnexpectedAdmissionError" in found(pods=[refused]).sentence


def test_a_container_that_runs_again_is_waited_for() -> None:
    status = {
        **crashed(1),
        "state": {"running": {"startedAt": "2026-11-21T09:00:00Z"}},
        "restartCount": 1,
    }
    assert not found(pods=[pod(containerStatuses=[status])]).final
    assert found(pods=[pod(containerStatuses=[status | {"restartCount": 5}])]).final


def test_why_an_image_is_not_pulled_is_in_an_older_event() -> None:
    why = event(
        "llm-0",
        "Failed",
        "Failed to pull image: manifest unknown",
        at="2026-11-21T09:00:00Z",
    )
    newer = event(
        "llm-0", "Failed", "Error: ImagePullBackOff", at="2026-11-21T09:00:09Z"
    )
    waits = pod(
        phase="Pending",
        containerStatuses=[waiting("ImagePullBackOff", "Back-off pulling image")],
    )
    assert "no such image" in found(pods=[waits], events=[newer, why]).sentence
    assert found(pods=[waits], events=[newer, why]).settled
    late = found(pods=[waits], events=[newer])
    assert (late.cause, late.settled) == ("image-pull", False)


PASSING = [
    (
        "FailedMount",
        'volume "app" : failed to sync configmap cache: timed out waiting for the condition',
    ),
    (
        "FailedMount",
        "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
    ),
]


@pytest.mark.parametrize(("reason", "message"), PASSING)
def test_what_a_busy_kubelet_gets_over_is_no_cause(reason: str, message: str) -> None:
    assert (
        diagnose(
            Evidence(
                pods=[pod(phase="Pending")], events=[event("llm-0", reason, message)]
            )
        )
        is None
    )


def test_a_mount_that_worked_at_last_is_no_cause() -> None:
    failed = event(
        "llm-0", "FailedMount", 'secret "ca" not found', at="2026-11-21T09:00:00Z"
    )
    pulls = event("llm-0", "Pulling", "Pulling image", at="2026-11-21T09:00:30Z")
    assert (
        diagnose(Evidence(pods=[pod(phase="Pending")], events=[failed, pulls])) is None
    )
    assert found(pods=[pod(phase="Pending")], events=[failed]).cause == "secret-missing"


def test_a_container_that_the_runtime_is_slow_to_create_is_waited_for() -> None:
    states = [waiting("CreateContainerError", "context deadline exceeded")]
    assert not found(pods=[pod(phase="Pending", containerStatuses=states)]).final


def test_a_command_that_is_not_there_before_the_container_has_ended() -> None:
    states = [
        waiting("RunContainerError", 'exec: "vllm": executable file not found in $PATH')
    ]
    assert (
        found(pods=[pod(phase="Pending", containerStatuses=states)]).cause
        == "command-not-found"
    )


@pytest.mark.parametrize("said", ["{node.kubernetes.io/not-ready: }", "(s)"])
def test_a_node_that_is_not_ready_may_become_so(said: str) -> None:
    taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    message = f"0/1 nodes are available: 1 node(s) had untolerated taint{said}."
    diagnosis = found(
        pods=[unscheduled(message)], nodes=[{**node(), "spec": {"taints": [taint]}}]
    )
    assert (diagnosis.cause, diagnosis.final) == ("node-not-ready", False)


def test_a_cordoned_node_stays_so() -> None:
    message = "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/unschedulable: }."
    assert found(pods=[unscheduled(message)]).cause == "taint"


def test_a_volume_that_is_still_made_is_waited_for() -> None:
    message = (
        "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."
    )
    assert not found(pods=[unscheduled(message)]).final


MINUTE = [
    'serviceaccount "llm" not found',
    "exceeded quota: gpus, requested: a, used: b, limited: c",
    'failed calling webhook "x"',
    "anything",
]


@pytest.mark.parametrize("message", MINUTE)
def test_a_refusal_that_may_pass_is_watched_for_longer(message: str) -> None:
    refused = event("llm-7d", "FailedCreate", message, kind="ReplicaSet")
    assert not found(workloads=[deployment()], events=[refused]).settled


@pytest.mark.parametrize("waited", [10, 100])
def test_a_controller_that_has_not_looked_yet_is_not_missing(waited: float) -> None:
    annotations = {"serving.kserve.io/deploymentMode": "Serverless"}
    service = {
        "kind": "InferenceService",
        "metadata": {"name": "llm", "annotations": annotations},
    }
    assert found(workloads=[service], waited=waited).final is (waited > 60)
    lonely = pod(phase="Pending", spec={"schedulerName": "kai-scheduler"})
    assert found(pods=[lonely], waited=waited + 15).final is (waited > 60)


@pytest.fixture
def there(tmp_path: Path) -> Path:
    return tmp_path / "there.json"


@pytest.fixture
def watch(
    program: Program, there: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watch]:
    """A wait for a Deployment of the cluster in the file, with less patience."""
    serve = f'exec {sys.executable} {STAND_IN} "${{2#--unix-socket=}}" {there}'
    kubectl = str(program("kubectl", serve))
    for name, seconds in {
        "LOOK_SECONDS": 0,
        "PATIENCE_SECONDS": 0,
        "LONG_PATIENCE_SECONDS": 3,
        "SETTLE_SECONDS": 4,
    }.items():
        monkeypatch.setattr(ready, name, seconds)
    monkeypatch.setattr(ready, "pause", lambda _: turn(there))
    with Proxy(kubectl, Access(), tmp_path / "api") as proxy:
        site = Context(
            Tools(Helm("helm"), kubectl), Access(), proxy, "default", lambda _: None
        )
        yield Watch(site, "llm", [deployment()])


def turn(there: Path) -> None:
    """Each second the cluster shows its next state, and then stays."""
    states = there.with_suffix(".next")
    rest = json.loads(states.read_text())
    if rest:
        there.write_text(json.dumps(rest[0]))
        states.write_text(json.dumps(rest[1:]))
    time.sleep(0.2)


def shows(there: Path, *states: Mapping[str, Any]) -> None:
    """The pod's container in one status after the other."""
    cluster = [
        [deployment(), pod(spec=LIMITED, containerStatuses=[status])]
        for status in states
    ]
    there.write_text(json.dumps(cluster[0]))
    there.with_suffix(".next").write_text(json.dumps(cluster[1:]))


def test_the_reason_that_comes_later_is_waited_for(watch: Watch, there: Path) -> None:
    shows(there, crashed(137), crashed(137), crashed(137, "OOMKilled"))
    with pytest.raises(Failed, match="waiting longer is useless") as failed:
        watch.until_ready(60)
    assert failed.value.diagnosis
    assert failed.value.diagnosis.sentence.endswith(f"was killed: it used {MEMORY}")


def test_the_reason_that_never_comes_is_guessed(watch: Watch, there: Path) -> None:
    shows(there, crashed(137))
    with pytest.raises(Failed, match="waiting longer is useless") as failed:
        watch.until_ready(60)
    assert failed.value.diagnosis
    assert f"most likely because it used {MEMORY}" in failed.value.diagnosis.sentence


def test_at_the_deadline_the_last_word_is_waited_for(watch: Watch, there: Path) -> None:
    nothing = {
        "name": "vllm",
        "ready": False,
        "state": {"waiting": {"reason": "ContainerCreating"}},
    }
    shows(there, nothing, nothing, crashed(137, "OOMKilled"))
    with pytest.raises(Failed, match="not ready after 0 s") as failed:
        watch.until_ready(0)
    assert failed.value.diagnosis
    assert failed.value.diagnosis.cause == "out-of-memory"


def test_the_last_word_is_not_waited_for_without_end(watch: Watch, there: Path) -> None:
    shows(
        there,
        {
            "name": "vllm",
            "ready": False,
            "state": {"waiting": {"reason": "ContainerCreating"}},
        },
    )
    with pytest.raises(Failed, match="not ready after 0 s") as failed:
        watch.until_ready(0)
    assert failed.value.diagnosis is None
