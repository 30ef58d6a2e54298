"""memory-request-exceeds-limit."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.spec.spec import ServingSpec


@rule("memory-request-exceeds-limit", Severity.ERROR, Confidence.CERTAIN)
def memory_request_exceeds_limit(serving: ServingSpec) -> Iterator[Problem]:
    """More memory, CPU or disk is requested than the limit allows.

    ## Why
    The API server refuses the Deployment or StatefulSet:
    `must be less than or equal to memory limit of 4000Mi`. Units hide it: 4Gi are 4096Mi, and 4G are less than 4Gi.

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
    for key in ("cpu", "memory", "ephemeral-storage"):
        request, limit = given.requests.get(key), given.limits.get(key)
        wanted, allowed = quantity(request), quantity(limit)
        if wanted is not None and allowed is not None and wanted > allowed:
            asked, most = given.request(key), given.limit(key)
            yield Problem(
                asked,
                f"{key}: request {request}{serving.default(asked)} exceeds limit {limit}{serving.default(most)}",
                related=(Related(most, "the limit is set here"),),
                help="lower the request, or raise the limit",
            )
