"""Why a release does not work: the causes we know, in the order in which one hides the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from helm_llm.harness.causes.containers import (
    container_configuration,
    container_not_started,
    crashed,
    killed,
    out_of_memory,
    probe_budget,
    unready,
)
from helm_llm.harness.causes.engine import engine_refuses
from helm_llm.harness.causes.images import image_pull
from helm_llm.harness.causes.install import install_refused
from helm_llm.harness.causes.kserve import service_refused
from helm_llm.harness.causes.network import port_mismatch, selects_no_pod
from helm_llm.harness.causes.pods import no_pods, pod_gone, pod_refused
from helm_llm.harness.causes.scheduling import no_scheduler, unschedulable
from helm_llm.harness.causes.storage import claim_unbound, mount_failed, sandbox_failed
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Diagnosis

Cause = Callable[[Evidence], Iterator[Diagnosis]]

CAUSES: tuple[Cause, ...] = (
    install_refused,
    pod_refused,
    service_refused,
    claim_unbound,
    unschedulable,
    no_scheduler,
    mount_failed,
    sandbox_failed,
    image_pull,
    container_configuration,
    container_not_started,
    out_of_memory,
    engine_refuses,
    probe_budget,
    killed,
    crashed,
    pod_gone,
    port_mismatch,
    selects_no_pod,
    unready,
    no_pods,
)


UNREACHABLE = selects_no_pod, port_mismatch
"""Why a server that is ready gives no answer."""


def diagnose(evidence: Evidence, causes: Sequence[Cause] = CAUSES) -> Diagnosis | None:
    """The first cause that explains what is seen; None when it is none we know."""
    return next((diagnosis for cause in causes for diagnosis in cause(evidence)), None)
