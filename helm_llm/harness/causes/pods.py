"""Pods that are not there: refused by the API server, evicted, or never asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of
from helm_llm.harness.result import Diagnosis
from helm_llm.harness.workloads import title
from helm_llm.typed import at, text

_REFUSALS: tuple[tuple[str, str, str, str], ...] = (
    (
        "runtime-class-missing",
        r'RuntimeClass "(?P<name>[^"]+)" not found',
        "the pods ask for RuntimeClass {name}, which the cluster does not have",
        "install it with the GPU operator or device plugin, or leave runtimeClassName empty",
    ),
    (
        "pod-security",
        r'violates PodSecurity "(?P<level>[^"]+)": (?P<why>.+)',
        "the namespace admits only pods of the level {level}: {why}",
        "set the security contexts it names, or use a namespace with another level",
    ),
    (
        "quota-exceeded",
        r"exceeded quota: (?P<name>[^,]+), requested: (?P<wanted>.+?), used: (?P<used>.+?), limited: (?P<limit>.+)",
        "quota {name} has no room: {wanted} requested, {used} used of {limit}",
        "ask for less, free some, or have the quota raised",
    ),
    (
        "service-account-missing",
        r'serviceaccount "(?P<name>[^"]+)" not found',
        "the pods run as ServiceAccount {name}, which is not there",
        "create it, or let the chart: serviceAccount.create",
    ),
    (
        "priority-class-missing",
        r"no PriorityClass with name (?P<name>\S+) was found",
        "the pods ask for PriorityClass {name}, which the cluster does not have",
        "create it, or leave priorityClassName empty",
    ),
    (
        "webhook-denied",
        r'admission webhook "(?P<name>[^"]+)" denied the request: (?P<why>.+)',
        "the admission webhook {name} refuses the pods: {why}",
        "change what it names, or ask for an exception",
    ),
    (
        "webhook-unreachable",
        r'failed calling webhook "(?P<name>[^"]+)"',
        "the API server cannot reach the admission webhook {name}, so it accepts no pods",
        "see whether the pods behind the webhook run",
    ),
    (
        "pod-invalid",
        r"Pod \"[^\"]+\" is invalid: (?P<why>.+)",
        "the API server refuses the pods: {why}",
        "change the value behind the field it names",
    ),
)


def pod_refused(evidence: Evidence) -> Iterator[Diagnosis]:
    """A controller may not create its pods."""
    for about, message in evidence.messages("FailedCreate"):
        if any(
            name_of(pod).startswith(about.rpartition("/")[2]) for pod in evidence.pods
        ):
            continue  # an older refusal: by now there are pods
        for cause, pattern, sentence, cure in _REFUSALS:
            match = re.search(pattern, message)
            if match:
                said, settled = (
                    sentence.format(**match.groupdict()),
                    cause not in _MAY_PASS,
                )
                yield Diagnosis(
                    cause, said, (f"{about}: {message}",), cure, settled=settled
                )
        yield Diagnosis(
            "pod-refused", f"{about} cannot create its pods", (message,), settled=False
        )


_MAY_PASS = "quota-exceeded", "service-account-missing", "webhook-unreachable"
"""Old pods free their quota, and what was created a moment ago is not seen everywhere."""


def pod_gone(evidence: Evidence) -> Iterator[Diagnosis]:
    """Evicted, over its own time, or not admitted by its node; a pod that takes its place is waited for."""
    replaced = any(
        text(pod, "status", "phase") in ("Pending", "Running") for pod in evidence.pods
    )
    for pod in evidence.pods:
        reason, message, name = (
            text(pod, "status", "reason"),
            text(pod, "status", "message"),
            name_of(pod),
        )
        if reason == "Evicted":
            yield Diagnosis(
                "evicted",
                f"pod {name} was evicted: {message or 'the node gave no reason'}",
                (),
                "request what the container really uses: memory, ephemeral-storage",
                final=not replaced,
            )
        elif reason == "DeadlineExceeded":
            yield Diagnosis(
                "deadline-exceeded",
                f"pod {name} ran longer than its activeDeadlineSeconds",
            )
        elif reason and text(pod, "status", "phase") == "Failed":
            sentence = f"the node ended pod {name}: {reason}"
            yield Diagnosis(
                "pod-failed",
                sentence,
                (message,) if message else (),
                None,
                final=not replaced,
            )


def no_pods(evidence: Evidence) -> Iterator[Diagnosis]:
    """Nothing wants a pod."""
    for workload in evidence.workloads:
        if at(workload, "spec", "replicas") == 0:
            yield Diagnosis(
                "scaled-to-zero",
                f"{title(workload)} is scaled to 0",
                (),
                "scale it up, then test again",
            )
    if evidence.workloads and not evidence.pods:
        names = ", ".join(title(workload) for workload in evidence.workloads)
        yield Diagnosis(
            "no-pods",
            f"no pod was made for {names}",
            (),
            "see whether the controller that owns it runs (kube-controller-manager or the kind's operator)",
            final=False,
            settled=False,
        )
