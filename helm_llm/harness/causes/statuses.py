"""What the statuses of a pod's containers say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from helm_llm.harness.evidence import Evidence
from helm_llm.harness.paths import at

Object = Mapping[str, Any]


def statuses(pod: Object) -> Iterator[Object]:
    """Of the init containers, then of the containers."""
    for key in ("initContainerStatuses", "containerStatuses"):
        yield from at(pod, "status", key) or ()


def waiting(evidence: Evidence, *reasons: str) -> Iterator[tuple[Object, Object, Object]]:
    """(pod, container status, its waiting state) where the reason is one of these."""
    for pod in evidence.pods:
        for status in statuses(pod):
            state = at(status, "state", "waiting")
            if state and state.get("reason") in reasons:
                yield pod, status, state


def died(evidence: Evidence) -> Iterator[tuple[Object, Object, Object]]:
    """(pod, container status, its last terminated state) of containers that ended and should not have."""
    for pod in evidence.pods:
        for status in statuses(pod):
            ended = at(status, "state", "terminated") or at(status, "lastState", "terminated")
            if ended and not (ended.get("exitCode") == 0 and ended.get("reason") == "Completed"):
                yield pod, status, ended


def container_of(pod: Object, name: str) -> Object:
    """The container of that name in the pod's spec."""
    containers = [*(at(pod, "spec", "initContainers") or ()), *(at(pod, "spec", "containers") or ())]
    return next((container for container in containers if container.get("name") == name), {})
