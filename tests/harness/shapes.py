"""Objects of the Kubernetes API in the shapes that a cluster gives them, as small as each test allows."""

from collections.abc import Mapping, Sequence
from typing import Any

Object = Mapping[str, Any]


def pod(
    name: str = "llm-0",
    *,
    phase: str = "Running",
    spec: Object | None = None,
    **status: Any,
) -> Object:
    """A pod; keyword arguments are fields of its status."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/instance": "llm"}},
        "spec": {
            "containers": [{"name": "vllm", "image": "vllm/vllm-openai:v0.33.0"}],
            **(spec or {}),
        },
        "status": {"phase": phase, **status},
    }


def waiting(
    reason: str,
    message: str,
    name: str = "vllm",
    image: str = "vllm/vllm-openai:v0.33.0",
) -> Object:
    """The status of a container that waits."""
    return {
        "name": name,
        "image": image,
        "ready": False,
        "state": {"waiting": {"reason": reason, "message": message}},
    }


def crashed(
    code: int, reason: str = "Error", name: str = "vllm", message: str = ""
) -> Object:
    """The status of a container that died and waits for its next start."""
    return {
        "name": name,
        "image": "vllm/vllm-openai:v0.33.0",
        "ready": False,
        "restartCount": 2,
        "state": {
            "waiting": {
                "reason": "CrashLoopBackOff",
                "message": f"back-off 20s restarting failed container={name}",
            }
        },
        "lastState": {
            "terminated": {"exitCode": code, "reason": reason, "message": message}
        },
    }


def unscheduled(
    message: str, name: str = "llm-0", spec: Object | None = None
) -> Object:
    """A pod that the scheduler refuses."""
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": message,
    }
    return pod(name, phase="Pending", spec=spec, conditions=[condition])


def gpu_spec(count: int, resource: str = "nvidia.com/gpu") -> Object:
    """A pod spec whose container asks for GPUs."""
    return {
        "containers": [
            {"name": "vllm", "resources": {"limits": {resource: str(count)}}}
        ]
    }


def node(**allocatable: str) -> Object:
    """A node; `nvidia_gpu` is the amount of nvidia.com/gpu."""
    amounts = {
        name.replace("nvidia_gpu", "nvidia.com/gpu"): amount
        for name, amount in allocatable.items()
    }
    return {
        "metadata": {"name": "node-1"},
        "status": {"allocatable": amounts, "capacity": amounts},
    }


def event(
    about: str,
    reason: str,
    message: str,
    kind: str = "Pod",
    at: str = "2026-11-21T09:00:00Z",
) -> Object:
    """An event about an object."""
    return {
        "involvedObject": {"kind": kind, "name": about},
        "reason": reason,
        "message": message,
        "lastTimestamp": at,
    }


def claim(
    name: str, storage_class: str | None = None, phase: str = "Pending"
) -> Object:
    """A claim."""
    spec = {"storageClassName": storage_class} if storage_class else {}
    return {
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": spec,
        "status": {"phase": phase},
    }


def service(target: Any, selector: Object | None = None, name: str = "llm") -> Object:
    """A Service that sends port 80 to a target port."""
    spec = {
        "selector": selector or {"app.kubernetes.io/instance": "llm"},
        "ports": [{"port": 80, "targetPort": target}],
    }
    return {"kind": "Service", "metadata": {"name": name}, "spec": spec}


def deployment(wanted: int = 1, name: str = "llm", **status: int) -> Object:
    """A Deployment; keyword arguments are fields of its status."""
    return {
        "kind": "Deployment",
        "metadata": {"name": name, "generation": 1},
        "spec": {"replicas": wanted, "selector": {"matchLabels": {"app": "llm"}}},
        "status": {"observedGeneration": 1, **status},
    }


def names(values: Sequence[Object]) -> list[str]:
    """Their names."""
    return [str(value["metadata"]["name"]) for value in values]
