"""gpu-request-differs-from-limit."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.read.accelerators import cannot_overcommit
from helm_llm.serving.spec.spec import ServingSpec


@rule("gpu-request-differs-from-limit", Severity.ERROR, Confidence.CERTAIN)
def gpu_request_differs_from_limit(serving: ServingSpec) -> Iterator[Problem]:
    """Request and limit of a GPU, or of another device, differ.

    ## Why
    Devices cannot be overcommitted. The API server refuses the Deployment or StatefulSet:
    `must be equal to nvidia.com/gpu limit of 1`. Where the chart sets one of the two, setting only the other is
    enough to get there. A limit without a request is always right.

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
    for key in filter(cannot_overcommit, given.requests):
        request, limit = given.requests[key], given.limits.get(key)
        wanted, allowed = quantity(request), quantity(limit)
        if wanted is not None and allowed is not None and wanted != allowed:
            note, other = (
                serving.default(given.limit(key)),
                serving.default(given.request(key)),
            )
            yield Problem(
                given.request(key),
                f"{key}: request {request}{other}, limit {limit}{note}: must be equal",
                related=(Related(given.limit(key), "the limit is set here"),),
                help="set both, or the limit alone",
            )
