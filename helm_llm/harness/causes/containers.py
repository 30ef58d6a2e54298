"""Containers that cannot start, die, or never answer their probes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from helm_llm.harness.causes.statuses import (
    container_of,
    died,
    is_up,
    passes,
    statuses,
    waiting,
)
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of, probe_seconds
from helm_llm.harness.result import Diagnosis
from helm_llm.typed import mapping, number, text

Object = Mapping[str, Any]

_MISSING: tuple[tuple[str, str, str, str], ...] = (
    (
        "secret-missing",
        r'(?P<kind>secret|configmap) "(?P<name>[^"]+)" not found',
        "container {container} needs {kind} {name}, which is not there",
        "create it in the release's namespace, or correct its name in the values",
    ),
    (
        "secret-key-missing",
        r"couldn't find key (?P<key>\S+) in (?P<kind>Secret|ConfigMap) [^/]*/(?P<name>\S+)",
        "container {container} needs the key {key} of {kind} {name}, which has no such key",
        "add the key, or name the right one in the values",
    ),
    (
        "runs-as-root",
        r"container has runAsNonRoot and image (?:will run as root|has non-numeric user \((?P<user>[^)]+)\))",
        "container {container} must not run as root, and its image does",
        "set runAsUser to a number other than 0",
    ),
)


def container_configuration(evidence: Evidence) -> Iterator[Diagnosis]:
    """The kubelet cannot put the container together."""
    for _, status, state in waiting(
        evidence, "CreateContainerConfigError", "CreateContainerError"
    ):
        message = text(state, "message")
        for cause, pattern, sentence, cure in _MISSING:
            if match := re.search(pattern, message):
                said = sentence.format(container=status["name"], **match.groupdict(""))
                yield Diagnosis(cause, said, (message,), cure)
        sentence = f"container {status['name']} cannot be created"
        yield Diagnosis(
            "container-configuration", sentence, (message,), final=not passes(message)
        )


def container_not_started(evidence: Evidence) -> Iterator[Diagnosis]:
    """The runtime cannot start the command."""
    for _, status, ended in died(evidence):
        if text(ended, "reason") in ("StartError", "ContainerCannotRun"):
            yield _not_started(status, text(ended, "message"))
    for _, status, state in waiting(
        evidence, "RunContainerError"
    ):  # what it is called before it has ended
        yield _not_started(status, text(state, "message"))


def _not_started(status: Object, message: str) -> Diagnosis:
    found = re.search(
        r'exec: "([^"]+)": (?:executable file not found|stat|permission denied)',
        message,
    )
    if not found:
        sentence = f"container {status['name']} cannot be started"
        return Diagnosis(
            "command-not-found",
            sentence,
            (message,),
            "check image and command",
            final=not passes(message),
        )
    sentence = f"image {text(status, 'image')} has no program {found[1]}, which container {status['name']} is to run"
    return Diagnosis(
        "command-not-found", sentence, (message,), "check image and command"
    )


_MORE_MEMORY = "raise resources.limits.memory: weights pass through main memory, and /dev/shm counts too"


def out_of_memory(evidence: Evidence) -> Iterator[Diagnosis]:
    """Killed for main memory, not for the GPU's."""
    for pod, status, ended in died(evidence):
        if text(ended, "reason") == "OOMKilled":
            sentence = f"{_container(pod, status)} was killed: it used more main memory than {_allowed(pod, status)}"
            yield Diagnosis(
                "out-of-memory", sentence, _tail(evidence, pod, status, 3), _MORE_MEMORY
            )


def killed(evidence: Evidence) -> Iterator[Diagnosis]:
    """Killed, and no probe had a reason to. On a busy node the runtime tells of the kernel's kill late, or never."""
    for pod, status, ended in died(evidence):
        if number(ended, "exitCode") == _KILLED:
            yield Diagnosis(
                "out-of-memory",
                f"{_container(pod, status)} was killed (exit code 137), most likely because it used more main memory "
                f"than {_allowed(pod, status)}",
                _tail(evidence, pod, status, 3),
                _MORE_MEMORY,
                final=_is_given_up(status),
                settled=False,
            )


_KILLED, _TERMINATED = 137, 143


def _container(pod: Object, status: Object) -> str:
    return f"container {status['name']} of pod {name_of(pod)}"


def _allowed(pod: Object, status: Object) -> str:
    limit = mapping(container_of(pod, status["name"]), "resources", "limits").get(
        "memory"
    )
    return f"its limit of {limit}" if limit else "the memory of the node"


def probe_budget(evidence: Evidence) -> Iterator[Diagnosis]:
    """Killed by a startup or liveness probe."""
    for pod in evidence.pods:
        for message in evidence.events_of(pod, "Killing"):
            if found := re.search(
                r"Container (\S+) failed (startup|liveness) probe", message
            ):
                yield _failed_probe(
                    evidence,
                    pod,
                    found[1],
                    found[2],
                    _failures(evidence, pod, found[2]),
                )
    yield from _outlived(evidence)


def _outlived(evidence: Evidence) -> Iterator[Diagnosis]:
    """The event of the kill has not come yet; that the container lived until its probe had failed often enough has."""
    for pod, status, ended in died(evidence):
        for kind in ("startup", "liveness"):
            probe = mapping(container_of(pod, status["name"]), f"{kind}Probe")
            failures = _failures(evidence, pod, kind)
            if (
                number(ended, "exitCode") in (_KILLED, _TERMINATED)
                and failures
                and _lived(ended) >= _patience(probe)
            ):
                yield _failed_probe(evidence, pod, status["name"], kind, failures)


def _failures(evidence: Evidence, pod: Object, kind: str) -> list[str]:
    return [
        message
        for message in evidence.events_of(pod, "Unhealthy")
        if message.lower().startswith(kind)
    ]


def _patience(probe: Object) -> int:
    """The seconds before which a probe cannot have failed often enough."""
    return probe_seconds(probe) - (number(probe, "periodSeconds") or 10)


def _lived(ended: Object) -> float:
    """Seconds from a container's start to its end; -1 when that is not known."""
    try:
        start, end = (
            datetime.strptime(text(ended, key), "%Y-%m-%dT%H:%M:%S%z")
            for key in ("startedAt", "finishedAt")
        )
    except ValueError:
        return -1
    return (end - start).total_seconds()


def _failed_probe(
    evidence: Evidence, pod: Object, name: str, kind: str, failures: list[str]
) -> Diagnosis:
    probe = mapping(container_of(pod, name), f"{kind}Probe")
    said, lines = " ".join(failures[:1]), tuple(failures[:1])
    if status := re.search(r"statuscode: (\d+)", said):
        path = text(probe, "httpGet", "path")
        return Diagnosis(
            "probe-path",
            f"the {kind} probe of container {name} asks {path} and gets status {status[1]}, so the kubelet restarts it",
            lines,
            "check the probe's path and port: a path behind the API key answers 401",
        )
    if mismatch := _other_port(evidence, pod, name, said):
        return mismatch
    budget = probe_seconds(probe)
    return Diagnosis(
        "probe-budget",
        f"container {name} did not answer within the {budget} s of its {kind} probe, so the kubelet restarted it",
        (*lines, *_tail(evidence, pod, {"name": name}, 3)),
        "give it more time (slowStart.maxStartupSeconds, startupProbe.failureThreshold); see in its log how far it got",
        "startup-budget-too-short" if kind == "startup" else None,
    )


_LISTENS = re.compile(
    r"(?:running on|server(?: \d+)? on|listening on)\D*//[^\s:]*(?:\[[^\]]*\])?:(\d+)",
    re.IGNORECASE,
)


def _other_port(
    evidence: Evidence, pod: Object, name: str, said: str
) -> Diagnosis | None:
    asked = re.search(r"dial tcp \S+:(\d+): connect: connection refused", said)
    listens = _LISTENS.search(evidence.logs.get((name_of(pod), name), ""))
    if not asked or not listens or asked[1] == listens[1]:
        return None
    return Diagnosis(
        "port-mismatch",
        f"the probe of container {name} asks port {asked[1]}, the engine listens on {listens[1]}",
        (said, listens[0]),
        "set both to one port",
    )


def _is_given_up(status: Object) -> bool:
    """Whether a container that died waits for its next try, or has had several."""
    return not is_up(status) or number(status, "restartCount") > 2


_SIGNALS = {
    _KILLED: " (killed)",
    139: " (segmentation fault)",
    _TERMINATED: " (terminated)",
    135: " (bus error)",
}


def crashed(evidence: Evidence) -> Iterator[Diagnosis]:
    """It ended, and its log is all there is to say. One that is up again may only have come too early."""
    for pod, status, ended in died(evidence):
        code, log = number(ended, "exitCode"), _tail(evidence, pod, status, 8)
        yield Diagnosis(
            "crashed",
            f"{_container(pod, status)} ended with exit code {code}{_SIGNALS.get(code, '')}",
            log,
            "a bus error is often a full /dev/shm" if code == 135 else None,
            "shared-memory-absent" if code == 135 else None,
            final=_is_given_up(status),
            settled=bool(log),
        )


def unready(evidence: Evidence) -> Iterator[Diagnosis]:
    """It runs, and is not ready yet."""
    for pod in evidence.pods:
        for status in statuses(pod):
            if is_up(status) and not status.get("ready"):
                failures = list(evidence.events_of(pod, "Unhealthy"))[:1]
                yield Diagnosis(
                    "not-ready",
                    f"{_container(pod, status)} runs, but is not ready",
                    (*failures, *_tail(evidence, pod, status, 3)),
                    "if it still loads the model, give it more time: --timeout, and the startup probe",
                    final=False,
                )


def _tail(
    evidence: Evidence, pod: Object, status: Object, lines: int
) -> tuple[str, ...]:
    log = evidence.logs.get((name_of(pod), status["name"]), "")
    return tuple(line for line in log.splitlines() if line.strip())[-lines:]
