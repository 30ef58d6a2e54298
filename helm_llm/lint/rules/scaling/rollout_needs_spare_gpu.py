"""rollout-needs-spare-gpu."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec, counted


@rule("rollout-needs-spare-gpu", Severity.WARNING, Confidence.LIKELY)
def rollout_needs_spare_gpu(serving: ServingSpec) -> Iterator[Problem]:
    """A rolling update needs a spare GPU to start a new pod before it stops an old one.

    ## Why
    With up to three replicas, the Kubernetes defaults add one pod and remove none. If
    all GPUs are in use, the new pod stays Pending with `Insufficient nvidia.com/gpu`
    and the old pod keeps running, so the update never completes. A ReadWriteOnce claim
    can also cause `Multi-Attach error`.

    The rule stays silent if you set both `maxSurge` and `maxUnavailable`.

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
    if rollout is None or gpus is None or pods is None:
        return
    if rollout.kind != "Deployment" or rollout.type.value != "RollingUpdate":
        return
    # The default strategy of a chart is not reported.
    if not serving.values.is_user_set(rollout.path):
        return
    # Whoever sets both has decided how many pods to add and remove.
    if rollout.surge and rollout.unavailable:
        return
    surge = rollout.more(pods.value)
    if not surge or rollout.fewer(pods.value) != 0:
        return
    paths = [rollout.type.path, rollout.path]
    if rollout.surge:
        paths.insert(0, rollout.surge.path)
    yield Problem(
        serving.chosen(paths),
        f"a rolling update needs {counted(surge * gpus.value, 'spare GPU')}: "
        f"it starts {counted(surge, 'new pod')} before it stops an old one",
        related=(Related(gpus.path, "the GPUs of each pod are set here"),),
        help="set maxSurge to 0 and maxUnavailable to 1, or use Recreate, "
        "unless there are spare GPUs",
    )
