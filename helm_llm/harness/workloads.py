"""The kinds of objects that run pods: when each is ready, and which pods it owns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from helm_llm.harness.objects import name_of
from helm_llm.typed import Object, at, mapping, mappings, number, text

_OLD_PODS = "pods of the old revision are still running"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the desired pods are ready, and what else is missing."""

    ready: int
    desired: int
    missing: str = ""

    @property
    def is_done(self) -> bool:
        """Whether nothing is missing."""
        return self.ready >= self.desired and not self.missing

    def __str__(self) -> str:
        pods = f"{self.ready} of {self.desired} pods ready"
        return f"{pods}, {self.missing}" if self.missing else pods


def _deployment_progress(value: Object) -> Progress:
    updated = number(value, "status", "updatedReplicas")
    available = number(value, "status", "availableReplicas")
    old = number(value, "status", "replicas") - updated
    # `availableReplicas` counts old pods too, so neither number is enough alone.
    ready = min(updated, available)
    missing = f"{old} {_OLD_PODS}" if old > 0 else ""
    return Progress(ready, _replicas(value), missing)


def _stateful_set_progress(value: Object) -> Progress:
    status = mapping(value, "status")
    # With OnDelete the controller leaves old pods alone until someone deletes them.
    rolls = at(value, "spec", "updateStrategy", "type") != "OnDelete"
    is_old = status.get("updateRevision") != status.get("currentRevision")
    missing = _OLD_PODS if rolls and is_old else ""
    return Progress(number(status, "readyReplicas"), _replicas(value), missing)


def _daemon_set_progress(value: Object) -> Progress:
    status = mapping(value, "status")
    desired = number(status, "desiredNumberScheduled")
    return Progress(number(status, "numberReady"), desired)


def _leader_worker_set_progress(value: Object) -> Progress:
    return Progress(number(value, "status", "readyReplicas"), _replicas(value))


def _replicas(value: Object) -> int:
    # Kubernetes fills in one replica where a manifest has none.
    return number(value, "spec", "replicas", default=1)


def _condition_progress(name: str) -> Callable[[Object], Progress]:
    def progress(value: Object) -> Progress:
        ready = 0
        for condition in mappings(value, "status", "conditions"):
            if text(condition, "type") == name:
                ready = int(text(condition, "status") == "True")
        return Progress(ready, 1)

    return progress


def _match_labels(value: Object) -> Mapping[str, str]:
    return mapping(value, "spec", "selector", "matchLabels")


def _name_label(label: str) -> Callable[[Object], Mapping[str, str]]:
    return lambda value: {label: name_of(value)}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of workload."""

    resource: str
    """Its full name for kubectl."""
    progress: Callable[[Object], Progress]
    pod_labels: Callable[[Object], Mapping[str, str]]
    """Labels that all its pods have, and no others."""


WORKLOADS: Mapping[str, Kind] = {
    "Deployment": Kind("deployments.apps", _deployment_progress, _match_labels),
    "StatefulSet": Kind("statefulsets.apps", _stateful_set_progress, _match_labels),
    "DaemonSet": Kind("daemonsets.apps", _daemon_set_progress, _match_labels),
    "LeaderWorkerSet": Kind(
        "leaderworkersets.leaderworkerset.x-k8s.io",
        _leader_worker_set_progress,
        _name_label("leaderworkerset.sigs.k8s.io/name"),
    ),
    "MPIJob": Kind(
        "mpijobs.kubeflow.org",
        # A job that serves never completes.
        _condition_progress("Running"),
        _name_label("training.kubeflow.org/job-name"),
    ),
    "InferenceService": Kind(
        "inferenceservices.serving.kserve.io",
        _condition_progress("Ready"),
        _name_label("serving.kserve.io/inferenceservice"),
    ),
}


def workloads_of(objects: Iterable[Object]) -> Iterator[Object]:
    """The workloads among rendered objects."""
    return (value for value in objects if text(value, "kind") in WORKLOADS)


def title(value: Object) -> str:
    """The name of an object for kubectl: `deployment/my-release-vllm`."""
    return f"{text(value, 'kind').lower()}/{name_of(value)}"
