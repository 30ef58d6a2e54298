"""Containers that cannot start, and containers that die."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.harness.causes.patterns import Pattern, find_known
from helm_llm.harness.causes.statuses import (
    container_spec,
    container_statuses,
    failed_containers,
    is_transient,
    is_up,
    waiting_containers,
)
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of
from helm_llm.harness.result import Diagnosis
from helm_llm.typed import Object, mapping, number, text

KILLED, TERMINATED = 137, 143
"""Exit codes after SIGKILL and SIGTERM."""
_BUS_ERROR, _SEGMENTATION_FAULT = 135, 139
_SIGNALS = {
    KILLED: " (killed)",
    _SEGMENTATION_FAULT: " (segmentation fault)",
    TERMINATED: " (terminated)",
    _BUS_ERROR: " (bus error)",
}

PATTERNS = (
    Pattern(
        "secret-missing",
        r'(?P<kind>secret|configmap) "(?P<name>[^"]+)" not found',
        "container {container} needs {kind} {name}, which does not exist",
        "create it in the release's namespace, or correct its name in the values",
    ),
    Pattern(
        "secret-key-missing",
        r"couldn't find key (?P<key>\S+) in (?P<kind>Secret|ConfigMap) [^/]*/(?P<name>\S+)",
        "container {container} needs the key {key}, but {kind} {name} has no such key",
        "add the key, or name the right one in the values",
    ),
    Pattern(
        "runs-as-root",
        r"container has runAsNonRoot and image (?:will run as root|has non-numeric user \((?P<user>[^)]+)\))",
        "container {container} must not run as root, but its image does",
        "set runAsUser to a number other than 0",
    ),
)


def container_configuration(evidence: Evidence) -> Iterator[Diagnosis]:
    """The kubelet cannot create the container."""
    for _, status, state in waiting_containers(
        evidence, "CreateContainerConfigError", "CreateContainerError"
    ):
        message, name = text(state, "message"), text(status, "name")
        yield from find_known(PATTERNS, message, (message,), container=name)
        # Any other reason has only the kubelet's own words.
        sentence = f"container {name} cannot be created"
        yield Diagnosis(
            "container-configuration",
            sentence,
            (message,),
            final=not is_transient(message),
        )


def container_start_failure(evidence: Evidence) -> Iterator[Diagnosis]:
    """The container runtime cannot start the command."""
    for _, status, ended in failed_containers(evidence):
        if text(ended, "reason") in ("StartError", "ContainerCannotRun"):
            yield _start_failure(status, text(ended, "message"))
    # Until the container has ended, the reason has another name.
    for _, status, state in waiting_containers(evidence, "RunContainerError"):
        yield _start_failure(status, text(state, "message"))


def _start_failure(status: Object, message: str) -> Diagnosis:
    name, help = text(status, "name"), "check image and command"
    missing = re.search(
        r'exec: "([^"]+)": (?:executable file not found|stat|permission denied)',
        message,
    )
    if missing:
        image, program = text(status, "image"), missing[1]
        sentence = (
            f"image {image} has no program {program}, the command of container {name}"
        )
        return Diagnosis("command-not-found", sentence, (message,), help)
    return Diagnosis(
        "command-not-found",
        f"container {name} cannot be started",
        (message,),
        help,
        final=not is_transient(message),
    )


_MORE_MEMORY = "raise resources.limits.memory: weights pass through main memory, and /dev/shm counts too"


def out_of_memory(evidence: Evidence) -> Iterator[Diagnosis]:
    """The kernel killed the container because of main memory (not GPU memory)."""
    for pod, status, ended in failed_containers(evidence):
        if text(ended, "reason") == "OOMKilled":
            yield Diagnosis(
                "out-of-memory",
                f"{_describe(pod, status)} was killed: "
                f"it used more main memory than {_memory_limit(pod, status)}",
                log_tail(evidence, pod, text(status, "name"), 3),
                _MORE_MEMORY,
            )


def killed_container(evidence: Evidence) -> Iterator[Diagnosis]:
    """The container was killed, and not by a probe.

    On a busy node the runtime may report an out-of-memory kill late, or never.
    """
    for pod, status, ended in failed_containers(evidence):
        if number(ended, "exitCode") == KILLED:
            yield Diagnosis(
                "out-of-memory",
                f"{_describe(pod, status)} was killed (exit code 137), most likely "
                f"because it used more main memory than {_memory_limit(pod, status)}",
                log_tail(evidence, pod, text(status, "name"), 3),
                _MORE_MEMORY,
                final=_is_given_up(status),
                settled=False,
            )


def _describe(pod: Object, status: Object) -> str:
    return f"container {text(status, 'name')} of pod {name_of(pod)}"


def _memory_limit(pod: Object, status: Object) -> str:
    container = container_spec(pod, text(status, "name"))
    limit = mapping(container, "resources", "limits").get("memory")
    return f"its limit of {limit}" if limit else "the memory of the node"


def _is_given_up(status: Object) -> bool:
    """Whether a dead container waits for its next start, or has had several."""
    return not is_up(status) or number(status, "restartCount") > 2


def crash(evidence: Evidence) -> Iterator[Diagnosis]:
    """The container ended for a reason that only its log can show.

    A container that is running again may only have started too early.
    """
    for pod, status, ended in failed_containers(evidence):
        code = number(ended, "exitCode")
        log = log_tail(evidence, pod, text(status, "name"), 8)
        help = rule = None
        if code == _BUS_ERROR:
            help = "a bus error is often a full /dev/shm"
            rule = "shared-memory-absent"
        signal = _SIGNALS.get(code, "")
        yield Diagnosis(
            "crashed",
            f"{_describe(pod, status)} ended with exit code {code}{signal}",
            log,
            help,
            rule,
            final=_is_given_up(status),
            settled=bool(log),
        )


def not_ready(evidence: Evidence) -> Iterator[Diagnosis]:
    """The container is running but not ready yet."""
    for pod in evidence.pods:
        for status in container_statuses(pod):
            if not is_up(status) or status.get("ready"):
                continue
            # The newest failed probe shows what is missing.
            failures = list(evidence.events_of(pod, "Unhealthy"))[:1]
            log = log_tail(evidence, pod, text(status, "name"), 3)
            yield Diagnosis(
                "not-ready",
                f"{_describe(pod, status)} is running, but not ready",
                (*failures, *log),
                "if it still loads the model, give it more time: --timeout, and the startup probe",
                final=False,
            )


def log_tail(
    evidence: Evidence, pod: Object, container: str, lines: int
) -> tuple[str, ...]:
    """The last lines of the log of a container that are not blank."""
    log = evidence.log_of(pod, container).splitlines()
    return tuple(line for line in log if line.strip())[-lines:]
