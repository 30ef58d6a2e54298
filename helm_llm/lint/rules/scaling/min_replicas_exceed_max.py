"""min-replicas-exceed-max."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("min-replicas-exceed-max", Severity.ERROR, Confidence.CERTAIN)
def min_replicas_exceed_max(serving: ServingSpec) -> Iterator[Problem]:
    """The autoscaler's fewest pods are more than its most.

    ## Why
    The API server refuses the HorizontalPodAutoscaler:
    ``spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas` ``.

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
    fewest, most = (scaling.minimum, scaling.maximum) if scaling else (None, None)
    if fewest and most and fewest.value > most.value:
        minimum, maximum = (
            f"{end.value}{serving.default(end.path)}" for end in (fewest, most)
        )
        primary = serving.chosen((fewest.path, most.path))
        other = most.path if primary == fewest.path else fewest.path
        message = f"minReplicas is {minimum}, maxReplicas {maximum}"
        yield Problem(primary, message, related=(Related(other, "the other end"),))
