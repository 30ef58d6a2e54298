"""gpu-request-differs-from-limit."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lint.rules.gpu._amounts import requests_and_limits
from helm_llm.serving.read.accelerators import cannot_overcommit
from helm_llm.serving.spec.spec import ServingSpec


@rule("gpu-request-differs-from-limit", Severity.ERROR, Confidence.CERTAIN)
def gpu_request_differs_from_limit(serving: ServingSpec) -> Iterator[Problem]:
    """The request for a GPU or another device differs from its limit.

    ## Why
    Devices cannot be overcommitted. The API server rejects the Deployment or
    StatefulSet with `must be equal to nvidia.com/gpu limit of 1`. If the chart sets
    both by default, this happens as soon as you change only one of them. A limit
    without a request is always valid.

    ## Bad
    ```yaml
    # chart: nim-llm
    resources:
      requests:
        nvidia.com/gpu: 2
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    resources:
      limits:
        nvidia.com/gpu: 2
      requests:
        nvidia.com/gpu: 2
    ```
    """
    given = serving.resources
    devices = filter(cannot_overcommit, given.requests)
    for key, request, limit in requests_and_limits(given, devices):
        # As numbers, since "1", 1 and 1000m are the same.
        if request == limit:
            continue
        request_path = given.request(key)
        limit_path = given.limit(key)
        yield Problem(
            request_path,
            f"the request for {key} is {given.requests[key]}{serving.default(request_path)}, "
            f"but the limit is {given.limits[key]}{serving.default(limit_path)}",
            related=(Related(limit_path, "the limit is set here"),),
            help="set both to the same number, or set only the limit",
        )
