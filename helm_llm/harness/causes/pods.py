"""Pods that do not exist: rejected by the API server, evicted, or never created."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from helm_llm.harness.causes.patterns import Pattern, find_known
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of
from helm_llm.harness.result import Diagnosis
from helm_llm.harness.workloads import title
from helm_llm.typed import Object, at, text

PATTERNS = (
    Pattern(
        "runtime-class-missing",
        r'RuntimeClass "(?P<name>[^"]+)" not found',
        "the pods need RuntimeClass {name}, but the cluster does not have it",
        "install it with the GPU operator or device plugin, or leave runtimeClassName empty",
    ),
    Pattern(
        "pod-security",
        r'violates PodSecurity "(?P<level>[^"]+)": (?P<why>.+)',
        "the namespace admits only pods of the level {level}: {why}",
        "set the security contexts it names, or use a namespace with another level",
    ),
    Pattern(
        "quota-exceeded",
        r"exceeded quota: (?P<name>[^,]+), requested: (?P<wanted>.+?), used: (?P<used>.+?), limited: (?P<limit>.+)",
        "quota {name} is exhausted: {wanted} requested, {used} of {limit} used",
        "ask for less, free some, or have the quota raised",
    ),
    Pattern(
        "service-account-missing",
        r'serviceaccount "(?P<name>[^"]+)" not found',
        "the pods run as ServiceAccount {name}, which does not exist",
        "create it, or let the chart: serviceAccount.create",
    ),
    Pattern(
        "priority-class-missing",
        r"no PriorityClass with name (?P<name>\S+) was found",
        "the pods need PriorityClass {name}, but the cluster does not have it",
        "create it, or leave priorityClassName empty",
    ),
    Pattern(
        "webhook-denied",
        r'admission webhook "(?P<name>[^"]+)" denied the request: (?P<why>.+)',
        "the admission webhook {name} rejects the pods: {why}",
        "change what it names, or ask for an exception",
    ),
    Pattern(
        "webhook-unreachable",
        r'failed calling webhook "(?P<name>[^"]+)"',
        "the API server cannot reach the admission webhook {name}, so it rejects the pods",
        "see whether the pods behind the webhook run",
    ),
    Pattern(
        "pod-invalid",
        r"Pod \"[^\"]+\" is invalid: (?P<why>.+)",
        "the API server rejects the pods: {why}",
        "change the value behind the field it names",
    ),
)


_MAY_PASS = "quota-exceeded", "service-account-missing", "webhook-unreachable"
"""Causes that may resolve themselves.

Old pods free their quota, and it takes a moment until every component sees an object
that has just been created.
"""


def pod_refusal(evidence: Evidence) -> Iterator[Diagnosis]:
    """A controller is not allowed to create its pods."""
    for owner, message in evidence.messages("FailedCreate"):
        # The name of a pod begins with the name of its controller.
        if _has_pods(evidence, owner.rpartition("/")[2]):
            continue  # the event is older than the pods
        for known in find_known(PATTERNS, message, (f"{owner}: {message}",)):
            yield replace(known, settled=known.cause not in _MAY_PASS)
        sentence = f"{owner} cannot create its pods"
        yield Diagnosis("pod-refused", sentence, (message,), settled=False)


def _has_pods(evidence: Evidence, owner: str) -> bool:
    return any(name_of(pod).startswith(owner) for pod in evidence.pods)


def lost_pod(evidence: Evidence) -> Iterator[Diagnosis]:
    """A pod was evicted, exceeded its deadline, or was rejected by its node.

    While another pod replaces it, waiting is not useless.
    """
    phases = {text(pod, "status", "phase") for pod in evidence.pods}
    is_replaced = not phases.isdisjoint({"Pending", "Running"})
    for pod in evidence.pods:
        yield from _diagnose_lost_pod(pod, is_replaced=is_replaced)


def _diagnose_lost_pod(pod: Object, *, is_replaced: bool) -> Iterator[Diagnosis]:
    name, reason = name_of(pod), text(pod, "status", "reason")
    message = text(pod, "status", "message")
    if reason == "Evicted":
        yield Diagnosis(
            "evicted",
            f"pod {name} was evicted: {message or 'the node gave no reason'}",
            (),
            "request what the container really uses: memory, ephemeral-storage",
            final=not is_replaced,
        )
    elif reason == "DeadlineExceeded":
        sentence = f"pod {name} ran longer than its activeDeadlineSeconds"
        yield Diagnosis("deadline-exceeded", sentence)
    elif reason and text(pod, "status", "phase") == "Failed":
        yield Diagnosis(
            "pod-failed",
            f"the node ended pod {name}: {reason}",
            (message,) if message else (),
            None,
            final=not is_replaced,
        )


def no_pods(evidence: Evidence) -> Iterator[Diagnosis]:
    """There is no pod at all."""
    for workload in evidence.workloads:
        if at(workload, "spec", "replicas") == 0:
            yield Diagnosis(
                "scaled-to-zero",
                f"{title(workload)} is scaled to 0",
                (),
                "scale it up, then test again",
            )
    if evidence.workloads and not evidence.pods:
        names = ", ".join(map(title, evidence.workloads))
        yield Diagnosis(
            "no-pods",
            f"no pod was created for {names}",
            (),
            "see whether the controller that owns it runs (kube-controller-manager or the kind's operator)",
            final=False,
            settled=False,
        )
