"""gpu-request-without-limit."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.read.accelerators import cannot_overcommit
from helm_llm.serving.spec.spec import ServingSpec


@rule("gpu-request-without-limit", Severity.ERROR, Confidence.CERTAIN)
def gpu_request_without_limit(serving: ServingSpec) -> Iterator[Problem]:
    """A GPU or another device has a request but no limit.

    ## Why
    Devices cannot be overcommitted, so the limit is what counts. The API server rejects
    the Deployment or StatefulSet with
    `Limit must be set for non overcommitable resources`. A limit alone is enough: the
    request defaults to it.

    ## Bad
    ```yaml
    # chart: vllm
    resources:
      requests:
        nvidia.com/gpu: 1
    ```

    ## Good
    ```yaml
    # chart: vllm
    resources:
      limits:
        nvidia.com/gpu: 1
    ```
    """
    given = serving.resources
    for key, request in given.requests.items():
        if not cannot_overcommit(key) or key in given.limits:
            continue
        if quantity(request) is None:
            continue
        yield Problem(
            given.request(key),
            f"the request for {key} is {request}, but there is no limit",
            help=f"set {serving.dotted(given.limit(key))} to {request}",
        )
