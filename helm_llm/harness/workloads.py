"""The kinds of objects that run pods: when each is ready, and which pods are its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from helm_llm.harness.objects import name_of
from helm_llm.typed import at, mapping, mappings, number, text

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many pods are ready of how many wanted, and what is missing beyond that."""

    ready: int
    wanted: int
    missing: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing is missing."""
        return self.ready >= self.wanted and not self.missing


def _deployment(value: Object) -> Progress:
    wanted = number(value, "spec", "replicas", default=1)
    counts = {
        key: number(value, "status", key)
        for key in ("updatedReplicas", "replicas", "availableReplicas")
    }
    old = counts["replicas"] - counts["updatedReplicas"]
    missing = f"{old} pods of the old revision still run" if old > 0 else ""
    return Progress(
        min(counts["updatedReplicas"], counts["availableReplicas"]), wanted, missing
    )


def _stateful_set(value: Object) -> Progress:
    wanted = number(value, "spec", "replicas", default=1)
    status = mapping(value, "status")
    rolling = at(value, "spec", "updateStrategy", "type") != "OnDelete"
    old = rolling and status.get("updateRevision") != status.get("currentRevision")
    return Progress(
        number(status, "readyReplicas"),
        wanted,
        "pods of the old revision still run" if old else "",
    )


def _daemon_set(value: Object) -> Progress:
    return Progress(
        number(value, "status", "numberReady"),
        number(value, "status", "desiredNumberScheduled"),
    )


def _leader_worker_set(value: Object) -> Progress:
    return Progress(
        number(value, "status", "readyReplicas"),
        number(value, "spec", "replicas", default=1),
    )


def _by_condition(name: str) -> Callable[[Object], Progress]:
    def progress(value: Object) -> Progress:
        conditions = {
            text(condition, "type"): condition
            for condition in mappings(value, "status", "conditions")
        }
        return Progress(int(text(conditions.get(name), "status") == "True"), 1)

    return progress


def _by_selector(value: Object) -> Mapping[str, str]:
    return mapping(value, "spec", "selector", "matchLabels")


def _by_label(label: str) -> Callable[[Object], Mapping[str, str]]:
    return lambda value: {label: name_of(value)}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of workload: its full name for kubectl, its progress, the labels of its pods."""

    resource: str
    progress: Callable[[Object], Progress]
    pod_labels: Callable[[Object], Mapping[str, str]]


WORKLOADS: Mapping[str, Kind] = {
    "Deployment": Kind("deployments.apps", _deployment, _by_selector),
    "StatefulSet": Kind("statefulsets.apps", _stateful_set, _by_selector),
    "DaemonSet": Kind("daemonsets.apps", _daemon_set, _by_selector),
    "LeaderWorkerSet": Kind(
        "leaderworkersets.leaderworkerset.x-k8s.io",
        _leader_worker_set,
        _by_label("leaderworkerset.sigs.k8s.io/name"),
    ),
    "MPIJob": Kind(
        "mpijobs.kubeflow.org",
        _by_condition("Running"),
        _by_label("training.kubeflow.org/job-name"),
    ),
    "InferenceService": Kind(
        "inferenceservices.serving.kserve.io",
        _by_condition("Ready"),
        _by_label("serving.kserve.io/inferenceservice"),
    ),
}


def workloads_of(objects: Iterable[Object]) -> Iterator[Object]:
    """The workloads among rendered objects."""
    return (value for value in objects if text(value, "kind") in WORKLOADS)


def title(value: Object) -> str:
    """As a user would name it to kubectl: `deployment/my-release-vllm`."""
    return f"{text(value, 'kind').lower()}/{name_of(value)}"
