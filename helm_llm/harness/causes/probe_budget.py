"""Containers that the kubelet restarts because a startup or liveness probe fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

from helm_llm.harness.causes.containers import KILLED, TERMINATED, log_tail
from helm_llm.harness.causes.statuses import container_spec, failed_containers
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import probe_seconds
from helm_llm.harness.result import Diagnosis
from helm_llm.typed import Object, mapping, number, text

_ProbeKind: TypeAlias = Literal["startup", "liveness"]
_PROBE_KINDS: tuple[_ProbeKind, ...] = ("startup", "liveness")

_KILLING = re.compile(r"Container (\S+) failed (startup|liveness) probe")
_REFUSED = re.compile(r"dial tcp \S+:(\d+): connect: connection refused")
_LISTENING = re.compile(
    r"(?:running on|server(?: \d+)? on|listening on)\D*//[^\s:]*(?:\[[^\]]*\])?:(\d+)",
    re.IGNORECASE,
)


class _FailedProbe(NamedTuple):
    pod: Object
    container: str
    kind: _ProbeKind
    message: str
    """The newest message about its failure, empty if there is none."""

    @property
    def probe(self) -> Object:
        return mapping(container_spec(self.pod, self.container), f"{self.kind}Probe")


def probe_budget(evidence: Evidence) -> Iterator[Diagnosis]:
    """A startup or liveness probe had the container killed."""
    for failed in (*_killed(evidence), *_outlived(evidence)):
        yield _diagnose(evidence, failed)


def _killed(evidence: Evidence) -> Iterator[_FailedProbe]:
    """Probes of which an event reports the kill."""
    for pod in evidence.pods:
        for message in evidence.events_of(pod, "Killing"):
            if found := _KILLING.search(message):
                kind: _ProbeKind = "startup" if found[2] == "startup" else "liveness"
                yield _FailedProbe(pod, found[1], kind, _failure(evidence, pod, kind))


def _outlived(evidence: Evidence) -> Iterator[_FailedProbe]:
    """Probes that must have had the container killed.

    The event of the kill arrives late. Until then it shows in the time the container
    lived: long enough for its probe to fail often enough.
    """
    for pod, status, ended in failed_containers(evidence):
        if number(ended, "exitCode") not in (KILLED, TERMINATED):
            continue
        container = text(status, "name")
        for kind in _PROBE_KINDS:
            failed = _FailedProbe(pod, container, kind, _failure(evidence, pod, kind))
            if failed.message and _lifetime(ended) >= _min_lifetime(failed.probe):
                yield failed


def _failure(evidence: Evidence, pod: Object, kind: _ProbeKind) -> str:
    for message in evidence.events_of(pod, "Unhealthy"):
        if message.lower().startswith(kind):
            return message
    return ""


def _min_lifetime(probe: Object) -> int:
    """Seconds before which a probe cannot have failed often enough."""
    # The first probe comes right after the initial delay, not one period later.
    return probe_seconds(probe) - (number(probe, "periodSeconds") or 10)


def _lifetime(ended: Object) -> float:
    """Seconds from the start of a container to its end, -1 if unknown."""
    try:
        start = _parse_time(text(ended, "startedAt"))
        end = _parse_time(text(ended, "finishedAt"))
    except ValueError:
        return -1
    return (end - start).total_seconds()


def _parse_time(timestamp: str) -> datetime:
    return datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%S%z")


def _diagnose(evidence: Evidence, failed: _FailedProbe) -> Diagnosis:
    # A server that answers has started, so more time would not help.
    status = re.search(r"statuscode: (\d+)", failed.message)
    if status:
        return _bad_status(failed, status[1])
    return _other_port(evidence, failed) or _too_slow(evidence, failed)


def _bad_status(failed: _FailedProbe, status: str) -> Diagnosis:
    path = text(failed.probe, "httpGet", "path")
    return Diagnosis(
        "probe-path",
        f"the {failed.kind} probe of container {failed.container} requests {path} and "
        f"gets status {status}, so the kubelet restarts the container",
        (failed.message,),
        "check the probe's path and port: a path behind the API key answers 401",
    )


def _other_port(evidence: Evidence, failed: _FailedProbe) -> Diagnosis | None:
    refused = _REFUSED.search(failed.message)
    listening = _LISTENING.search(evidence.log_of(failed.pod, failed.container))
    if not refused or not listening or refused[1] == listening[1]:
        return None
    return Diagnosis(
        "port-mismatch",
        f"the probe of container {failed.container} connects to port {refused[1]}, "
        f"but the engine listens on {listening[1]}",
        (failed.message, listening[0]),
        "set both to one port",
    )


def _too_slow(evidence: Evidence, failed: _FailedProbe) -> Diagnosis:
    budget = probe_seconds(failed.probe)
    failure = [failed.message] if failed.message else []
    rule = "startup-budget-too-short" if failed.kind == "startup" else None
    return Diagnosis(
        "probe-budget",
        f"container {failed.container} did not answer within the {budget} s of its "
        f"{failed.kind} probe, so the kubelet restarted it",
        (*failure, *log_tail(evidence, failed.pod, failed.container, 3)),
        "give it more time (slowStart.maxStartupSeconds, startupProbe.failureThreshold); see in its log how far it got",
        rule,
    )
