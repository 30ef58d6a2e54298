"""memory-request-exceeds-limit."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lint.rules.gpu._amounts import requests_and_limits
from helm_llm.serving.spec.spec import ServingSpec


@rule("memory-request-exceeds-limit", Severity.ERROR, Confidence.CERTAIN)
def memory_request_exceeds_limit(serving: ServingSpec) -> Iterator[Problem]:
    """The request for memory, CPU or disk is larger than its limit.

    ## Why
    The API server rejects the Deployment or StatefulSet with
    `must be less than or equal to memory limit of 4000Mi`. Units make this easy to
    miss: 4Gi is 4096Mi, and 4G is less than 4Gi.

    ## Bad
    ```yaml
    # chart: vllm
    resources:
      requests:
        memory: 4Gi
      limits:
        memory: 4000Mi
    ```

    ## Good
    ```yaml
    # chart: vllm
    resources:
      requests:
        memory: 4Gi
      limits:
        memory: 4096Mi
    ```
    """
    given = serving.resources
    keys = ("cpu", "memory", "ephemeral-storage")
    for key, request, limit in requests_and_limits(given, keys):
        if request <= limit:
            continue
        request_path = given.request(key)
        limit_path = given.limit(key)
        yield Problem(
            request_path,
            f"the {key} request {given.requests[key]}{serving.default(request_path)} "
            f"exceeds the limit {given.limits[key]}{serving.default(limit_path)}",
            related=(Related(limit_path, "the limit is set here"),),
            help="lower the request, or raise the limit",
        )
