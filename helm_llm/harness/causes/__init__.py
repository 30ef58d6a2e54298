"""Why a release does not work: the known causes, each before those it can hide."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from helm_llm.harness.causes.containers import (
    container_configuration,
    container_start_failure,
    crash,
    killed_container,
    not_ready,
    out_of_memory,
)
from helm_llm.harness.causes.engine import engine_error
from helm_llm.harness.causes.images import image_pull
from helm_llm.harness.causes.install import install_refusal
from helm_llm.harness.causes.kserve import kserve_refusal
from helm_llm.harness.causes.network import port_mismatch, service_without_pods
from helm_llm.harness.causes.pods import lost_pod, no_pods, pod_refusal
from helm_llm.harness.causes.probe_budget import probe_budget
from helm_llm.harness.causes.scheduling import missing_scheduler, unschedulable_pod
from helm_llm.harness.causes.storage import (
    mount_failure,
    sandbox_failure,
    unbound_claim,
)
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Diagnosis

Cause = Callable[[Evidence], Iterator[Diagnosis]]
"""Yields a diagnosis for each place in the evidence that shows the cause."""

CAUSES: tuple[Cause, ...] = (
    install_refusal,
    pod_refusal,
    kserve_refusal,
    unbound_claim,
    unschedulable_pod,
    missing_scheduler,
    mount_failure,
    sandbox_failure,
    image_pull,
    container_configuration,
    container_start_failure,
    out_of_memory,
    engine_error,
    probe_budget,
    killed_container,
    crash,
    lost_pod,
    port_mismatch,
    service_without_pods,
    not_ready,
    no_pods,
)

UNREACHABLE: tuple[Cause, ...] = service_without_pods, port_mismatch
"""Causes for which a ready server does not answer."""


def diagnose(evidence: Evidence, causes: Sequence[Cause] = CAUSES) -> Diagnosis | None:
    """Return the first diagnosis of the first cause that has one, None if none does."""
    for cause in causes:
        for diagnosis in cause(evidence):
            return diagnosis
    return None
