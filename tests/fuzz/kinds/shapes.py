"""Kubernetes objects as LLM charts render them, for random changes."""

from typing import Any

from tests.fuzz.odd import Odd

_ENGINES: tuple[dict[str, Any], ...] = (
    {
        "image": "vllm/vllm-openai:v0.11.0",
        "args": ["--model", "Qwen/Qwen3-0.6B", "--tensor-parallel-size", "2"],
    },
    {"image": "nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8.4"},
    {
        "image": "vllm/vllm-openai:latest",
        "command": ["sh", "-c", "vllm serve m --port 8000 --max-model-len 99"],
    },
    {
        "image": "registry/x:1",
        "command": ["python3", "-m", "vllm.entrypoints.openai.api_server"],
        "args": ["--model=m"],
    },
)


def pod(odd: Odd) -> dict[str, Any]:
    """Return a pod template."""
    container: dict[str, Any] = {
        "name": "server",
        **{
            key: list(value) if isinstance(value, list) else value
            for key, value in odd.one(_ENGINES).items()
        },
        "env": [
            {
                "name": "HF_TOKEN",
                "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}},
            },
            {"name": "A", "value": "1"},
        ],
        "ports": [{"name": "http", "containerPort": 8000}],
        "resources": {
            "limits": {"nvidia.com/gpu": 1, "memory": "1Gi"},
            "requests": {"cpu": "1"},
        },
        "readinessProbe": {
            "httpGet": {"path": "/health", "port": "http"},
            "periodSeconds": 5,
        },
        "livenessProbe": {"tcpSocket": {"port": 8000}, "failureThreshold": 3},
        "volumeMounts": [
            {"name": "shm", "mountPath": "/dev/shm"},
            {"name": "cache", "mountPath": "/root/.cache"},
        ],
        "securityContext": {"runAsUser": 0, "capabilities": {"add": ["IPC_LOCK"]}},
    }
    spec = {
        "containers": [container],
        "initContainers": [
            {"name": "init", "image": "busybox", "command": ["sh", "-c", "true"]}
        ],
        "volumes": [
            {"name": "shm", "emptyDir": {"medium": "Memory"}},
            {"name": "cache", "persistentVolumeClaim": {"claimName": "c"}},
        ],
        "nodeSelector": {"nvidia.com/gpu.product": "H100"},
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
        "serviceAccountName": "default",
    }
    return {
        "metadata": {"labels": {"app": "x"}, "annotations": {"a": "b"}},
        "spec": spec,
    }


def _workload(kind: str, version: str, odd: Odd) -> dict[str, Any]:
    spec = {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "x"}},
        "template": pod(odd),
    }
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": "x", "namespace": "n"},
        "spec": spec,
    }


def workload(odd: Odd) -> dict[str, Any]:
    """Return an object that creates pods."""
    kinds = [
        ("Deployment", "apps/v1"),
        ("StatefulSet", "apps/v1"),
        ("DaemonSet", "apps/v1"),
        ("Job", "batch/v1"),
        ("ReplicaSet", "apps/v1"),
    ]
    makers = [
        lambda: _workload(*odd.one(kinds), odd),
        lambda: _workload(*odd.one(kinds), odd),
        lambda: {"apiVersion": "v1", "kind": "Pod", **pod(odd)},
        lambda: _leader_worker_set(odd),
        lambda: _mpi_job(odd),
        lambda: _inference_service(odd),
        lambda: _serving_runtime(odd),
        lambda: _ray(odd),
        lambda: _nim_service(),
        lambda: _cron_job(odd),
    ]
    return odd.one(makers)()


def _leader_worker_set(odd: Odd) -> dict[str, Any]:
    template = {"size": 2, "leaderTemplate": pod(odd), "workerTemplate": pod(odd)}
    made = _workload("LeaderWorkerSet", "leaderworkerset.x-k8s.io/v1", odd)
    return {**made, "spec": {"replicas": 1, "leaderWorkerTemplate": template}}


def _mpi_job(odd: Odd) -> dict[str, Any]:
    specs = {
        name: {"replicas": 1, "template": pod(odd)} for name in ("Launcher", "Worker")
    }
    return {
        **_workload("MPIJob", "kubeflow.org/v2beta1", odd),
        "spec": {"slotsPerWorker": 8, "mpiReplicaSpecs": specs},
    }


def _inference_service(odd: Odd) -> dict[str, Any]:
    model = {
        "modelFormat": {"name": "vLLM"},
        "storageUri": "hf://m",
        "runtime": "r",
        "args": ["--port=8080"],
    }
    spec = {
        "predictor": {
            "minReplicas": 1,
            "maxReplicas": 2,
            "model": model,
            **pod(odd)["spec"],
        }
    }
    return {
        **_workload("InferenceService", "serving.kserve.io/v1beta1", odd),
        "spec": spec,
    }


def _serving_runtime(odd: Odd) -> dict[str, Any]:
    spec = {
        "supportedModelFormats": [{"name": "vLLM"}],
        "multiModel": False,
        **pod(odd)["spec"],
    }
    return {
        **_workload("ServingRuntime", "serving.kserve.io/v1alpha1", odd),
        "spec": spec,
    }


def _ray(odd: Odd) -> dict[str, Any]:
    cluster = {
        "headGroupSpec": {"rayStartParams": {}, "template": pod(odd)},
        "workerGroupSpecs": [{"replicas": 1, "template": pod(odd)}],
    }
    if odd.chance(50):
        return {**_workload("RayCluster", "ray.io/v1", odd), "spec": cluster}
    serve = "applications:\n- import_path: vllm\n  args: {model: m}\n"
    return {
        **_workload("RayService", "ray.io/v1", odd),
        "spec": {"serveConfigV2": serve, "rayClusterConfig": cluster},
    }


def _nim_service() -> dict[str, Any]:
    image = {"repository": "nvcr.io/nim/x", "tag": "1.0", "pullSecrets": ["s"]}
    spec = {
        "image": image,
        "authSecret": "s",
        "replicas": 1,
        "resources": {"limits": {"nvidia.com/gpu": 1}},
        "expose": {"service": {"port": 8000}},
    }
    return {
        "apiVersion": "apps.nvidia.com/v1alpha1",
        "kind": "NIMService",
        "metadata": {"name": "x"},
        "spec": spec,
    }


def _cron_job(odd: Odd) -> dict[str, Any]:
    return {
        **_workload("CronJob", "batch/v1", odd),
        "spec": {"jobTemplate": {"spec": {"template": pod(odd)}}},
    }


def other(odd: Odd) -> dict[str, Any]:
    """Return an object without pods."""
    meta = {
        "name": odd.one(["x", "s", "c"]),
        "labels": {"app": "x"},
        "annotations": {"helm.sh/hook": "test"},
    }
    made: list[dict[str, Any]] = [
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": meta,
            "spec": {
                "selector": {"app": "x"},
                "ports": [{"port": 80, "targetPort": "http"}],
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": meta,
            "stringData": {"k": "v"},
            "data": {"k": "dg=="},
        },
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": meta,
            "data": {"script.sh": "vllm serve m --port 1"},
        },
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": meta,
            "spec": {"resources": {"requests": {"storage": "1Gi"}}},
        },
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": meta},
        {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": meta,
            "spec": {
                "minReplicas": 1,
                "maxReplicas": 2,
                "scaleTargetRef": {"kind": "Deployment", "name": "x"},
            },
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": meta,
            "spec": {
                "rules": [
                    {
                        "http": {
                            "paths": [
                                {
                                    "path": "/",
                                    "backend": {
                                        "service": {"name": "x", "port": {"number": 80}}
                                    },
                                }
                            ]
                        }
                    }
                ]
            },
        },
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "ServiceMonitor",
            "metadata": meta,
            "spec": {
                "selector": {"matchLabels": {"app": "x"}},
                "endpoints": [{"port": "http"}],
            },
        },
    ]
    return odd.one(made)


def objects(odd: Odd) -> list[dict[str, Any]]:
    """Return the objects of a release."""
    found = [
        workload(odd),
        *odd.times(2, lambda: workload(odd)),
        *odd.times(4, lambda: other(odd)),
    ]
    return (
        [{"apiVersion": "v1", "kind": "List", "items": found}]
        if odd.chance(10)
        else found
    )
