"""Statuses of the containers of a pod."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from helm_llm.harness.evidence import Evidence
from helm_llm.typed import Object, at, mapping, mappings, number, text

_TRANSIENT = re.compile(
    r"timed out waiting for the condition|context deadline exceeded|DeadlineExceeded|is reserved for"
    r"|object has been modified|connection refused|i/o timeout|TLS handshake timeout|too many requests",
    re.IGNORECASE,
)


def is_transient(message: str) -> bool:
    """Whether a busy machine recovers from this error of the kubelet or a controller."""
    return bool(_TRANSIENT.search(message))


def container_statuses(pod: Object) -> Iterator[Object]:
    """Statuses of the init containers, then of the containers.

    There are none for a pod that was ended as a whole, for example evicted: its
    containers only died because of that.
    """
    if text(pod, "status", "reason"):
        return
    for key in ("initContainerStatuses", "containerStatuses"):
        for status in mappings(pod, "status", key):
            if text(status, "name"):
                yield status


def waiting_containers(
    evidence: Evidence, *reasons: str
) -> Iterator[tuple[Object, Object, Object]]:
    """(pod, container status, waiting state) where the reason is one of these."""
    for pod in evidence.pods:
        for status in container_statuses(pod):
            state = mapping(status, "state", "waiting")
            if text(state, "reason") in reasons:
                yield pod, status, state


def failed_containers(evidence: Evidence) -> Iterator[tuple[Object, Object, Object]]:
    """(pod, container status, last terminated state) of containers that failed."""
    for pod in evidence.pods:
        for status in container_statuses(pod):
            now = mapping(status, "state", "terminated")
            ended = now or mapping(status, "lastState", "terminated")
            if ended and not _is_complete(ended):
                yield pod, status, ended


def _is_complete(ended: Object) -> bool:
    if number(ended, "exitCode", default=1) != 0:
        return False
    # The runtime may report the reason later than the exit code.
    return text(ended, "reason") in ("Completed", "")


def is_up(status: Object) -> bool:
    """Whether a container is running now, even if an earlier run of it failed."""
    return isinstance(at(status, "state", "running"), Mapping)


def container_spec(pod: Object, name: str) -> Object:
    """Return the container with that name in the spec of a pod, {} if there is none."""
    for key in ("initContainers", "containers"):
        for container in mappings(pod, "spec", key):
            if container.get("name") == name:
                return container
    return {}
