"""cpu-target-without-request."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("cpu-target-without-request", Severity.ERROR, Confidence.CERTAIN)
def cpu_target_without_request(serving: ServingSpec) -> Iterator[Problem]:
    """The autoscaler compares with a request that the container does not make.

    ## Why
    A utilization is a percentage of the request. Without request and limit the HorizontalPodAutoscaler never scales:
    `failed to get cpu utilization: missing request for cpu in container vllm`. Where it has no metric at all, the API
    server fills in 80 % of the CPU. Ignore this where a LimitRange of the namespace gives each container a request.

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
    scaling, given = serving.autoscaling, serving.resources
    for used in scaling.utilization if scaling else ():
        if (
            scaling
            and used.value not in given.requests
            and used.value not in given.limits
        ):
            switch = (
                (Related(scaling.switch, "the autoscaler is switched on here"),)
                if scaling.switch
                else ()
            )
            yield Problem(
                used.path,
                f"the autoscaler needs resources.requests.{used.value}",
                related=switch if used.path != scaling.switch else (),
                help=f"request {used.value}, or scale on a metric of the engine such as its waiting requests",
            )
