"""Which pods controllers will make of what a chart renders to."""

from typing import Any

from helm_llm.harness.expected_pods import expected_pods
from helm_llm.harness.ready import default_time_limit
from helm_llm.harness.simulate import extended_resources, gpus_per_pod

Object = dict[str, Any]


def pod(name: str, gpus: int = 0) -> Object:
    limits = {"nvidia.com/gpu": gpus} if gpus else {}
    return {"containers": [{"name": name, "resources": {"limits": limits}}]}


def counts(*objects: Object) -> list[tuple[str, int]]:
    return [
        (template.spec["containers"][0]["name"], template.count)
        for template in expected_pods(objects)
    ]


GROUPS = {
    "kind": "LeaderWorkerSet",
    "spec": {
        "replicas": 2,
        "leaderWorkerTemplate": {
            "size": 3,
            "leaderTemplate": {"spec": pod("leader", 8)},
            "workerTemplate": {"spec": pod("worker", 8)},
        },
    },
}

JOB = {
    "kind": "MPIJob",
    "spec": {
        "mpiReplicaSpecs": {
            "Launcher": {"replicas": 1, "template": {"spec": pod("launcher")}},
            "Worker": {"replicas": 2, "template": {"spec": pod("worker", 8)}},
        }
    },
}

RUNTIME = {
    "kind": "ServingRuntime",
    "metadata": {"name": "vllm"},
    "spec": {
        "containers": [
            {
                "name": "kserve-container",
                "image": "vllm:1",
                "env": [{"name": "A"}],
                "startupProbe": {"periodSeconds": 10, "failureThreshold": 180},
            },
            {"name": "sidecar"},
        ],
        "volumes": [{"name": "shm", "emptyDir": {}}],
        "workerSpec": {"containers": [{"name": "worker-container", "image": "vllm:1"}]},
    },
}


def service(**predictor: Any) -> Object:
    model = {
        "runtime": "vllm",
        "env": [{"name": "B"}],
        "storageUri": "pvc://models/llama",
    }
    return {
        "kind": "InferenceService",
        "spec": {"predictor": {"model": model, **predictor}},
    }


def test_a_group_has_a_leader_and_workers() -> None:
    assert counts(GROUPS) == [("leader", 2), ("worker", 4)]


def test_a_job_has_a_launcher_and_workers() -> None:
    assert counts(JOB) == [("launcher", 1), ("worker", 2)]


def test_a_daemon_counts_once() -> None:
    assert counts(
        {"kind": "DaemonSet", "spec": {"template": {"spec": pod("vllm")}}}
    ) == [("vllm", 1)]


def test_a_service_runs_in_the_container_of_its_runtime() -> None:
    (template,) = expected_pods(
        [service(imagePullSecrets=[{"name": "registry"}]), RUNTIME]
    )
    server, sidecar = template.spec["containers"]
    assert (server["name"], server["image"], sidecar["name"]) == (
        "kserve-container",
        "vllm:1",
        "sidecar",
    )
    assert [variable["name"] for variable in server["env"]] == ["A", "B"]
    assert template.spec["imagePullSecrets"] == [{"name": "registry"}]
    assert [volume["name"] for volume in template.spec["volumes"]] == [
        "shm",
        "kserve-pvc-source",
    ]
    assert template.spec["volumes"][1]["persistentVolumeClaim"] == {
        "claimName": "models"
    }


def test_a_service_may_name_a_runtime_of_the_cluster() -> None:
    assert [template.count for template in expected_pods([service()])] == [1]


def test_a_service_on_several_nodes_has_workers() -> None:
    workers = {"pipelineParallelSize": 3, "containers": [{"name": "worker-container"}]}
    assert counts(service(workerSpec=workers), RUNTIME) == [
        ("kserve-container", 1),
        ("worker-container", 2),
    ]


def test_the_engine_gets_the_gpus_of_one_pod_and_the_nodes_offer_those_of_all() -> None:
    assert gpus_per_pod([JOB]) == gpus_per_pod([GROUPS]) == 8
    assert extended_resources([GROUPS]) == {"nvidia.com/gpu": 48}
    assert extended_resources([JOB]) == {"nvidia.com/gpu": 16}


def test_the_runtime_says_how_long_the_engine_may_start() -> None:
    assert default_time_limit([service(), RUNTIME]) == 1920
