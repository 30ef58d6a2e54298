"""What the statuses of a pod's containers say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from helm_llm.harness.evidence import Evidence
from helm_llm.typed import at, mapping, mappings, number, text

Object = Mapping[str, Any]

_PASSES = re.compile(
    r"timed out waiting for the condition|context deadline exceeded|DeadlineExceeded|is reserved for"
    r"|object has been modified|connection refused|i/o timeout|TLS handshake timeout|too many requests",
    re.IGNORECASE,
)


def passes(message: str) -> bool:
    """Whether an error of the kubelet or a controller is one that a crowded machine gets over by itself."""
    return bool(_PASSES.search(message))


def statuses(pod: Object) -> Iterator[Object]:
    """Of the init containers, then of the containers; none of a pod that was ended as a whole."""
    if text(pod, "status", "reason"):
        return  # evicted, for one: its containers only died of that
    for key in ("initContainerStatuses", "containerStatuses"):
        yield from (
            status for status in mappings(pod, "status", key) if text(status, "name")
        )


def waiting(
    evidence: Evidence, *reasons: str
) -> Iterator[tuple[Object, Object, Object]]:
    """(pod, container status, its waiting state) where the reason is one of these."""
    for pod in evidence.pods:
        for status in statuses(pod):
            state = mapping(status, "state", "waiting")
            if text(state, "reason") in reasons:
                yield pod, status, state


def died(evidence: Evidence) -> Iterator[tuple[Object, Object, Object]]:
    """(pod, container status, its last terminated state) of containers that ended and should not have."""
    for pod in evidence.pods:
        for status in statuses(pod):
            ended = mapping(status, "state", "terminated") or mapping(
                status, "lastState", "terminated"
            )
            if ended and not _is_done(ended):
                yield pod, status, ended


def _is_done(ended: Object) -> bool:
    """The reason may come after the code."""
    return number(ended, "exitCode", default=1) == 0 and text(ended, "reason") in (
        "Completed",
        "",
    )


def is_up(status: Object) -> bool:
    """Whether a container runs now, whatever became of it before."""
    return isinstance(at(status, "state", "running"), Mapping)


def container_of(pod: Object, name: str) -> Object:
    """The container of that name in the pod's spec."""
    containers = (
        *mappings(pod, "spec", "initContainers"),
        *mappings(pod, "spec", "containers"),
    )
    return next(
        (container for container in containers if container.get("name") == name), {}
    )
