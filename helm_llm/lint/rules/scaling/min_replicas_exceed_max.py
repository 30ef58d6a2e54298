"""min-replicas-exceed-max."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("min-replicas-exceed-max", Severity.ERROR, Confidence.CERTAIN)
def min_replicas_exceed_max(serving: ServingSpec) -> Iterator[Problem]:
    """minReplicas is larger than maxReplicas.

    ## Why
    The API server rejects the HorizontalPodAutoscaler: ``spec.maxReplicas: Invalid
    value: 2: must be greater than or equal to `minReplicas` ``.

    ## Bad
    ```yaml
    # chart: vllm
    autoscaling:
      enabled: true
      minReplicas: 4
      maxReplicas: 2
    ```

    ## Good
    ```yaml
    # chart: vllm
    autoscaling:
      enabled: true
      minReplicas: 2
      maxReplicas: 4
    ```
    """
    scaling = serving.autoscaling
    if scaling is None or scaling.minimum is None or scaling.maximum is None:
        return
    low, high = scaling.minimum, scaling.maximum
    if low.value <= high.value:
        return
    primary = serving.chosen((low.path, high.path))
    related = Related(high.path, "maxReplicas is set here")
    if primary == high.path:
        related = Related(low.path, "minReplicas is set here")
    yield Problem(
        primary,
        f"minReplicas is {low.value}{serving.default(low.path)} "
        f"but maxReplicas is {high.value}{serving.default(high.path)}",
        related=(related,),
    )
