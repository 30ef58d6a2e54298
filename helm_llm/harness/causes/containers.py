"""Containers that cannot start, die, or never answer their probes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from helm_llm.harness.causes.statuses import container_of, died, waiting
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.paths import at, name_of, probe_seconds
from helm_llm.harness.result import Diagnosis

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
    for _, status, state in waiting(evidence, "CreateContainerConfigError", "CreateContainerError"):
        message = str(state.get("message", ""))
        for cause, pattern, sentence, cure in _MISSING:
            if match := re.search(pattern, message):
                said = sentence.format(container=status["name"], **match.groupdict(""))
                yield Diagnosis(cause, said, (message,), cure)
        yield Diagnosis("container-configuration", f"container {status['name']} cannot be created", (message,))


def container_not_started(evidence: Evidence) -> Iterator[Diagnosis]:
    """The runtime cannot start the command."""
    for _, status, ended in died(evidence):
        if ended.get("reason") in ("StartError", "ContainerCannotRun"):
            message = str(ended.get("message", ""))
            found = re.search(r'exec: "([^"]+)": (?:executable file not found|stat|permission denied)', message)
            sentence = (
                f"image {status.get('image')} has no program {found[1]}, which container {status['name']} is to run"
                if found
                else f"container {status['name']} cannot be started"
            )
            yield Diagnosis("command-not-found", sentence, (message,), "check image and command")


def out_of_memory(evidence: Evidence) -> Iterator[Diagnosis]:
    """Killed for main memory, not for the GPU's."""
    for pod, status, ended in died(evidence):
        if ended.get("reason") == "OOMKilled":
            limit = at(container_of(pod, status["name"]), "resources", "limits", "memory")
            allowed = f"its limit of {limit}" if limit else "the memory of the node"
            yield Diagnosis(
                "out-of-memory",
                f"container {status['name']} of pod {name_of(pod)} was killed: it used more main memory than {allowed}",
                _tail(evidence, pod, status, 3),
                "raise resources.limits.memory: weights pass through main memory, and /dev/shm counts too",
            )


def probe_budget(evidence: Evidence) -> Iterator[Diagnosis]:
    """Killed by a startup or liveness probe."""
    for pod in evidence.pods:
        for message in evidence.events_of(pod, "Killing"):
            found = re.search(r"Container (\S+) failed (startup|liveness) probe", message)
            if not found:
                continue
            probe = at(container_of(pod, found[1]), f"{found[2]}Probe") or {}
            failures = [m for m in evidence.events_of(pod, "Unhealthy") if m.lower().startswith(found[2])]
            yield _killed(evidence, pod, found[1], found[2], probe, failures)


def _killed(
    evidence: Evidence, pod: Mapping[str, Any], name: str, kind: str, probe: Mapping[str, Any], failures: list[str]
) -> Diagnosis:
    said, lines = " ".join(failures[:1]), tuple(failures[:1])
    if status := re.search(r"statuscode: (\d+)", said):
        path = at(probe, "httpGet", "path")
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


_LISTENS = re.compile(r"(?:running on|server(?: \d+)? on|listening on)\D*//[^\s:]*(?:\[[^\]]*\])?:(\d+)", re.IGNORECASE)


def _other_port(evidence: Evidence, pod: Mapping[str, Any], name: str, said: str) -> Diagnosis | None:
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


def crashed(evidence: Evidence) -> Iterator[Diagnosis]:
    """It ended, and its log is all there is to say."""
    for pod, status, ended in died(evidence):
        code = int(ended.get("exitCode") or 0)
        signal = {137: " (killed)", 139: " (segmentation fault)", 143: " (terminated)", 135: " (bus error)"}.get(
            code, ""
        )
        yield Diagnosis(
            "crashed",
            f"container {status['name']} of pod {name_of(pod)} ended with exit code {code}{signal}",
            _tail(evidence, pod, status, 8),
            "a bus error is often a full /dev/shm" if code == 135 else None,
            "shared-memory-absent" if code == 135 else None,
        )


def unready(evidence: Evidence) -> Iterator[Diagnosis]:
    """It runs, and is not ready yet."""
    for pod in evidence.pods:
        for status in at(pod, "status", "containerStatuses") or ():
            if at(status, "state", "running") is not None and not status.get("ready"):
                failures = list(evidence.events_of(pod, "Unhealthy"))[:1]
                yield Diagnosis(
                    "not-ready",
                    f"container {status['name']} of pod {name_of(pod)} runs, but is not ready",
                    (*failures, *_tail(evidence, pod, status, 3)),
                    "if it still loads the model, give it more time: --timeout, and the startup probe",
                    final=False,
                )


def _tail(evidence: Evidence, pod: Mapping[str, Any], status: Mapping[str, Any], lines: int) -> tuple[str, ...]:
    text = evidence.logs.get((name_of(pod), status["name"]), "")
    return tuple(line for line in text.splitlines() if line.strip())[-lines:]
