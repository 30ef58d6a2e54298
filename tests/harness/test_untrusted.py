"""What a cluster answers is trusted in no type: each part of each object in turn is something else."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest

from helm_llm.harness.causes import CAUSES, UNREACHABLE
from helm_llm.harness.entry_service import find_entry
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.helm_tests import find_tests as hooks_of
from helm_llm.harness.objects import safe_file_name, selects
from helm_llm.harness.own_pods import belongs_to, is_running
from helm_llm.harness.release import Release
from helm_llm.harness.server_in_pod import server_in_pod
from helm_llm.harness.workloads import WORKLOADS
from helm_llm.typed import at, mapping, mappings, number, text, texts
from tests.harness.shapes import (
    claim,
    crashed,
    deployment,
    event,
    node,
    service,
    unscheduled,
    waiting,
)

ODD: list[Any] = [
    None,
    True,
    5,
    10**30,
    1.5,
    float("inf"),
    "text",
    "\x1b[31m",
    [],
    ["text", 5, None],
    {},
    {"a": {}},
]

PROBE = {
    "httpGet": {"path": "/health", "port": 8000},
    "periodSeconds": 1,
    "failureThreshold": 3,
}
CONTAINER = {
    "name": "vllm",
    "image": "vllm/vllm-openai:v0.33.0",
    "command": ["vllm"],
    "args": ["serve", "a/b", "--api-key", "$(KEY)"],
    "env": [
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "api"}}}
    ],
    "envFrom": [{"prefix": "VLLM_", "secretRef": {"name": "clients"}}],
    "ports": [{"name": "http", "containerPort": 8000}],
    "startupProbe": PROBE,
    "livenessProbe": PROBE,
    "resources": {
        "limits": {"memory": "8Gi", "nvidia.com/gpu": "4"},
        "requests": {"nvidia.com/gpu": "4"},
    },
}
SPEC = {
    "containers": [CONTAINER],
    "initContainers": [{"name": "fetch"}],
    "volumes": [{"name": "models", "persistentVolumeClaim": {"claimName": "models"}}],
    "tolerations": [{"key": "team", "operator": "Exists", "effect": "NoSchedule"}],
    "nodeSelector": {"gpu": "h100"},
    "schedulingGates": [{"name": "quota"}],
    "schedulerName": "kai",
}
ENDED = {"startedAt": "2026-11-21T09:00:00Z", "finishedAt": "2026-11-21T09:05:00Z"}


def killed() -> dict[str, Any]:
    status = deepcopy(dict(crashed(137)))
    status["lastState"]["terminated"] |= ENDED
    return status


def pods() -> list[dict[str, Any]]:
    refused = (
        "0/1 nodes are available: 1 Insufficient nvidia.com/gpu, 1 node(s) had untolerated taint(s), "
        "1 node(s) didn't match Pod's node affinity/selector, scheduling gate."
    )
    metadata = {
        "name": "llm-0",
        "labels": {
            "app.kubernetes.io/instance": "llm",
            "leaderworkerset.sigs.k8s.io/worker-index": "0",
        },
        "annotations": {"a": "b"},
    }
    states: list[Any] = [
        [killed()],
        [crashed(128, "StartError", message='exec: "vllm": executable file not found')],
        [waiting("ImagePullBackOff", "Back-off pulling image")],
        [waiting("CreateContainerConfigError", 'secret "x" not found')],
        [
            {
                "name": "vllm",
                "ready": False,
                "restartCount": 0,
                "state": {"running": {"startedAt": "x"}},
            }
        ],
    ]
    found = [
        {
            "kind": "Pod",
            "spec": SPEC,
            "status": {"phase": "Pending", "containerStatuses": each},
        }
        for each in states
    ]
    found.append(
        {"kind": "Pod", "spec": SPEC, "status": unscheduled(refused)["status"]}
    )
    found.append(
        {
            "kind": "Pod",
            "spec": SPEC,
            "status": {"phase": "Failed", "reason": "Evicted", "message": "disk"},
        }
    )
    found.append({"kind": "Pod", "spec": SPEC, "status": {"phase": "Pending"}})
    return [deepcopy({**value, "metadata": metadata}) for value in found]


INFERENCE = {
    "kind": "InferenceService",
    "metadata": {
        "name": "llm",
        "annotations": {"serving.kserve.io/deploymentMode": "Serverless"},
    },
    "status": {
        "modelStatus": {
            "lastFailureInfo": {"message": "StorageUri [ftp://x] is not supported"}
        },
        "conditions": [{"type": "Ready", "status": "False", "message": "no"}],
    },
}
NODE = {
    **node(nvidia_gpu="2"),
    "spec": {"taints": [{"key": "gpu", "value": "h100", "effect": "NoSchedule"}]},
}
EVENTS = [
    event("llm-0", "Killing", "Container vllm failed startup probe, will be restarted"),
    event(
        "llm-0",
        "Unhealthy",
        "Startup probe failed: HTTP probe failed with statuscode: 401",
    ),
    event("llm-0", "FailedMount", 'secret "ca" not found'),
    event("llm-0", "Failed", "Failed to pull image: 401 Unauthorized"),
    event(
        "llm",
        "FailedCreate",
        "exceeded quota: a, requested: b, used: c, limited: d",
        kind="ReplicaSet",
    ),
    event(
        "models",
        "ProvisioningFailed",
        'storageclass "fast" not found',
        kind="PersistentVolumeClaim",
    ),
]


def evidences() -> Iterator[dict[str, Any]]:
    """As fields of Evidence, in plain dictionaries and lists."""
    rest = {
        "nodes": [NODE],
        "services": [service(80)],
        "claims": [claim("models", "fast")],
        "events": EVENTS,
    }
    for value in pods():
        yield deepcopy({"pods": [value], "workloads": [deployment(1)], **rest})
    yield deepcopy({"workloads": [INFERENCE, deployment(0)], **rest})


def changed(value: Any) -> Iterator[Any]:
    """The value with one of its parts replaced, for each part and each odd thing."""
    parts = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, part in list(parts):
        for other in (*ODD, *changed(part)):
            copy = value.copy()
            copy[key] = other
            yield copy


def check(fields: Mapping[str, Any]) -> None:
    logs = {("llm-0", "vllm"): "INFO server on http://0.0.0.0:9000\n"}
    given = {
        key: value if isinstance(value, list) else [] for key, value in fields.items()
    }
    kept: dict[str, Any] = {
        key: [each for each in value if isinstance(each, dict)]
        for key, value in given.items()
    }
    evidence = Evidence(release="llm", logs=logs, waited=300, **kept)
    for cause in (*CAUSES, *UNREACHABLE):
        for diagnosis in cause(evidence):
            assert isinstance(diagnosis.sentence, str)
            assert all(isinstance(line, str) for line in diagnosis.lines)


@pytest.mark.parametrize("number", range(len(list(evidences()))))
def test_no_part_of_the_evidence_is_trusted(number: int) -> None:
    fields = list(evidences())[number]
    check(fields)
    for odd in changed(fields):
        check(odd)


def test_no_part_of_a_pod_is_trusted() -> None:
    for odd in changed(pods()[0]):
        server = server_in_pod(odd)
        assert all(isinstance(port, int) for port in server.ports)
        assert isinstance(server.root_path, str)
        assert find_entry(odd, [service(80)], server).port.isdigit()
        belongs_to(odd, "llm", [deployment(1)])
        is_running(odd)


def test_no_part_of_a_service_is_trusted() -> None:
    given = pods()[0]
    for odd in changed(service(80)):
        assert 0 < int(find_entry(given, [odd], server_in_pod(given)).port) < 65536


STATUS = {
    "observedGeneration": 1,
    "replicas": 1,
    "updatedReplicas": 1,
    "availableReplicas": 1,
    "readyReplicas": 1,
    "numberReady": 1,
    "desiredNumberScheduled": 1,
    "updateRevision": "a",
    "currentRevision": "a",
    "conditions": [{"type": "Ready", "status": "True"}],
}


@pytest.mark.parametrize("kind", WORKLOADS)
def test_no_part_of_a_workload_is_trusted(kind: str) -> None:
    live = {**deployment(1), "kind": kind, "status": STATUS}
    for odd in changed(live):
        progress = WORKLOADS[kind].progress(odd)
        assert isinstance(progress.is_done, bool)
        WORKLOADS[kind].pod_labels(odd)


def test_no_part_of_a_test_hook_is_trusted() -> None:
    hook = {
        "kind": "Pod",
        "metadata": {
            "name": "t",
            "annotations": {"helm.sh/hook": "test, post-install"},
        },
    }
    site: Any = None
    assert hooks_of(Release(site, "r", (), (hook,), 1)) == (hook,)
    for odd in changed(hook):
        hooks_of(Release(site, "r", (), (odd,), 1))


LOOKUPS: list[tuple[Callable[..., Any], Any, tuple[str | int, ...], Any]] = [
    (at, {"a": ["b"]}, ("a", 0), "b"),
    (at, {"a": "text"}, ("a", 0), None),
    (at, {"a": ["b"]}, ("a", 5), None),
    (at, [{"a": 1}], ("a",), None),
    (text, {"a": 5}, ("a",), ""),
    (text, {"a": "b"}, ("a",), "b"),
    (texts, {"a": "text"}, ("a",), []),
    (texts, {"a": ["b", 5]}, ("a",), ["b"]),
    (number, {"a": True}, ("a",), 0),
    (number, {"a": "5"}, ("a",), 0),
    (number, {"a": 10**30}, ("a",), 0),
    (number, {"a": float("nan")}, ("a",), 0),
    (number, {"a": 7}, ("a",), 7),
    (mapping, {"a": [1]}, ("a",), {}),
    (mappings, {"a": {"b": {}}}, ("a",), []),
    (mappings, {"a": [{"b": 1}, 5, None]}, ("a",), [{"b": 1}]),
]


@pytest.mark.parametrize(("look", "value", "path", "found"), LOOKUPS)
def test_a_value_of_another_type_is_absent(
    look: Callable[..., Any], value: Any, path: Any, found: Any
) -> None:
    seen = look(value, *path)
    assert (list(seen) if isinstance(found, list) else seen) == found


def test_labels_of_any_type_select_nothing() -> None:
    assert not selects({"a": "b"}, {"metadata": {"labels": [1]}})
    assert not selects({"a": {}}, {"metadata": {"labels": {"b": []}}})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a/b",
        "a\\b",
        "a\0b",
        "x" * 300,
        "-rf",
        "\ud800",
    ],
)
def test_a_name_is_never_a_path(name: str) -> None:
    found = safe_file_name(name)
    assert found.strip(".")
    assert not set(found) & set("/\\\0")
    assert not found.startswith("-")
    assert len(found) < 255


@pytest.mark.parametrize("name", ["llm-0", "llm-0.vllm.log", "api-key"])
def test_an_ordinary_name_stays(name: str) -> None:
    assert safe_file_name(name) == name


def test_names_that_differ_have_files_that_differ() -> None:
    assert len({safe_file_name(name) for name in ("a/b", "a\\b", "a:b", "../a/b")}) == 4
