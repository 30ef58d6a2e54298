"""vgpu-scheduler-foreign."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read.accelerators import is_share
from helm_llm.serving.spec.spec import ServingSpec


@rule("vgpu-scheduler-foreign", Severity.ERROR, Confidence.CERTAIN)
def vgpu_scheduler_foreign(serving: ServingSpec) -> Iterator[Problem]:
    """The scheduler does not support the GPU share that the pod requests.

    ## Why
    Nodes offer only the number of virtual GPUs as a resource. Memory and cores of a
    virtual GPU are managed by HAMi's scheduler; with another scheduler the pod stays
    Pending with `Insufficient otterscale.com/vgpumem-percentage`. Without a scheduler
    name, HAMi's webhook sets its own.

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
    shares = [key for key in serving.resources.limits if is_share(key)]
    if not shares or serving.pod.placement is None:
        return
    scheduler = serving.pod.placement.scheduler
    if scheduler.value not in _WITHOUT_SHARES:
        return
    limit = serving.resources.limit(shares[0])
    yield Problem(
        serving.chosen((scheduler.path, limit)),
        f"{shares[0]}{serving.default(limit)} needs hami-scheduler, "
        f"but schedulerName is {scheduler.value}",
        related=(Related(limit, "the share is requested here"),),
        help="leave schedulerName empty or set it to hami-scheduler, "
        "or request whole GPUs",
    )


# `default-scheduler` is not listed because HAMi's webhook replaces it, and other names
# are not because a cluster may give HAMi's scheduler a name of its choice.
_WITHOUT_SHARES = (
    "kai-scheduler",
    "koord-scheduler",
    "kube-batch",
    "runai-scheduler",
    "volcano",
    "yunikorn",
)
