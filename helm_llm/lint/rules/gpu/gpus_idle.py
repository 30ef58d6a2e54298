"""gpus-idle."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("gpus-idle", Severity.WARNING, Confidence.LIKELY)
def gpus_idle(serving: ServingSpec) -> Iterator[Problem]:
    """A pod reserves more GPUs than its engine uses.

    ## Why
    An engine uses as many GPUs as its arguments specify, not as many as the pod gets.
    The remaining GPUs cost money and are not available to other pods, and neither the
    cluster nor the engine's log points this out.

    ## Bad
    ```yaml
    # chart: vllm
    resources:
      limits:
        nvidia.com/gpu: 2
    ```

    ## Good
    ```yaml
    # chart: vllm
    resources:
      limits:
        nvidia.com/gpu: 2
    vllm:
      tensorParallelSize: 2
    ```
    """
    ranks = serving.ranks
    used = serving.ranks_per_pod
    gpus = serving.gpus
    if ranks is None or gpus is None or not used:
        return
    idle = gpus.value - used
    if idle <= 0:
        return
    degrees = ranks.largest_first
    paths = [gpus.path, *(degree.path for degree in degrees)]
    # A chart's own defaults are not the user's mistake.
    if not any(map(serving.values.is_user_set, paths)):
        return
    key = gpus.path[-1]
    related = [Related(degree.path, f"{degree} is set here") for degree in degrees]
    yield Problem(
        gpus.path,
        f"{gpus.value} GPUs are reserved, but {ranks} uses {used}: {idle} idle",
        related=tuple(related),
        help=f"spread the model over {gpus.value} GPUs, "
        f"or set the limit of {key} to {used}",
    )
