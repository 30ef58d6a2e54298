"""vgpu-scheduler-foreign."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read.accelerators import is_share
from helm_llm.serving.spec.spec import ServingSpec


@rule("vgpu-scheduler-foreign", Severity.ERROR, Confidence.CERTAIN)
def vgpu_scheduler_foreign(serving: ServingSpec) -> Iterator[Problem]:
    """A share of a GPU is asked of a scheduler that does not know shares.

    ## Why
    Only the count of virtual GPUs is a resource of the nodes. Their memory and cores are known to HAMi's scheduler
    alone: with another one the pod stays Pending, `Insufficient otterscale.com/vgpumem-percentage`. Where no scheduler
    is named, HAMi's webhook puts in its own.

    ## Bad
    ```yaml
    # chart: aidaptivcache
    schedulerName: volcano
    ```

    ## Good
    ```yaml
    # chart: aidaptivcache
    schedulerName: hami-scheduler
    ```
    """
    placement, limits = serving.pod.placement, serving.resources.limits
    shares = [key for key in limits if is_share(key)]
    scheduler = placement.scheduler if placement else None
    if shares and scheduler and scheduler.value in _IGNORANT:
        limit = serving.resources.limit(shares[0])
        yield Problem(
            serving.chosen((scheduler.path, limit)),
            f"only hami-scheduler knows {shares[0]}{serving.default(limit)}, schedulerName is {scheduler.value}",
            related=(Related(limit, "the share is asked for here"),),
            help="leave schedulerName empty or set it to hami-scheduler, or ask for whole GPUs",
        )


_IGNORANT = (
    "kai-scheduler",
    "koord-scheduler",
    "kube-batch",
    "runai-scheduler",
    "volcano",
    "yunikorn",
)
"""HAMi's webhook replaces none and `default-scheduler`; another name may be HAMi's own on this cluster."""
