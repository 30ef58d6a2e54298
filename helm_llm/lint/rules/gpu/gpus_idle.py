"""gpus-idle."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("gpus-idle", Severity.WARNING, Confidence.LIKELY)
def gpus_idle(serving: ServingSpec) -> Iterator[Problem]:
    """A pod reserves more GPUs than its engine uses.

    ## Why
    An engine uses as many GPUs as it is told, not as many as it gets. The others are paid for, no other pod can have
    them, and nothing in the cluster or in the log of the engine says so.

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
    ranks, used, gpus = serving.ranks, serving.ranks_per_pod, serving.gpus
    if ranks and used and gpus and gpus.value > used:
        degrees = ranks.largest_first
        if any(
            serving.values.user_set(path)
            for path in (gpus.path, *(degree.path for degree in degrees))
        ):
            yield Problem(
                gpus.path,
                f"{gpus.value} GPUs are reserved, {ranks} uses {used}: {gpus.value - used} idle",
                related=tuple(
                    Related(degree.path, f"{degree} is set here") for degree in degrees
                ),
                help=f"spread the model over {gpus.value} GPUs, or set the limit of {gpus.path[-1]} to {used}",
            )
