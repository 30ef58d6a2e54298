"""rollout-needs-spare-gpu."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.scaling import Rollout
from helm_llm.serving.spec.spec import ServingSpec, counted


@rule("rollout-needs-spare-gpu", Severity.WARNING, Confidence.LIKELY)
def rollout_needs_spare_gpu(serving: ServingSpec) -> Iterator[Problem]:
    """An update starts a pod before it stops one, and wants a GPU more for it.

    ## Why
    With up to three replicas Kubernetes' own defaults are one pod more and none less. Where all GPUs are taken, the new
    pod stays Pending with `Insufficient nvidia.com/gpu` and the old one keeps running: the update never ends. A
    ReadWriteOnce claim gives `Multi-Attach error` besides.

    ## Bad
    ```yaml
    # chart: vllm
    strategy:
      type: RollingUpdate
    resources:
      limits:
        nvidia.com/gpu: 1
    ```

    ## Good
    ```yaml
    # chart: vllm
    strategy:
      type: RollingUpdate
      rollingUpdate:
        maxSurge: 0
        maxUnavailable: 1
    resources:
      limits:
        nvidia.com/gpu: 1
    ```
    """
    rollout, gpus, pods = serving.rollout, serving.gpus, serving.pods
    if (
        rollout
        and gpus
        and pods
        and _rolls(rollout)
        and serving.values.user_set(rollout.path)
    ):
        surge = rollout.more(pods.value)
        # Who writes both down wants it so.
        if (
            surge
            and rollout.fewer(pods.value) == 0
            and not (rollout.surge and rollout.unavailable)
        ):
            each = counted(gpus.value, "GPU")
            paths = (
                rollout.surge.path if rollout.surge else rollout.type.path,
                rollout.type.path,
                rollout.path,
            )
            yield Problem(
                serving.chosen(paths),
                f"an update starts {counted(surge, 'pod')} with {each} before one stops",
                related=(Related(gpus.path, "each pod takes these"),),
                help="set maxSurge to 0 and maxUnavailable to 1, or use Recreate, unless GPUs are free",
            )


def _rolls(rollout: Rollout) -> bool:
    return rollout.kind == "Deployment" and rollout.type.value == "RollingUpdate"
