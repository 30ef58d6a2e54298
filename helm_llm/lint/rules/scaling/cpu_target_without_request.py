"""cpu-target-without-request."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("cpu-target-without-request", Severity.ERROR, Confidence.CERTAIN)
def cpu_target_without_request(serving: ServingSpec) -> Iterator[Problem]:
    """The autoscaler needs a resource request that the container does not have.

    ## Why
    Target utilization is a percentage of the resource request. Without a request or
    limit, the HorizontalPodAutoscaler never scales: `failed to get cpu utilization:
    missing request for cpu in container vllm`. If the autoscaler has no metrics at all,
    the API server adds a CPU target of 80%. Ignore this finding if a LimitRange in the
    namespace sets a request for each container.

    ## Bad
    ```yaml
    # chart: vllm
    autoscaling:
      enabled: true
    ```

    ## Good
    ```yaml
    # chart: vllm
    autoscaling:
      enabled: true
    resources:
      requests:
        cpu: 4
    ```
    """
    scaling, resources = serving.autoscaling, serving.resources
    if scaling is None:
        return
    for used in scaling.utilization:
        name = used.value
        # Without a request, Kubernetes uses the limit as the request.
        if name in resources.requests or name in resources.limits:
            continue
        related: tuple[Related, ...] = ()
        if scaling.switch and scaling.switch != used.path:
            related = (Related(scaling.switch, "the autoscaler is enabled here"),)
        yield Problem(
            used.path,
            f"the autoscaler needs resources.requests.{name}, but it is not set",
            related=related,
            help="set the request, or scale on a metric of the engine, "
            "such as the number of waiting requests",
        )
