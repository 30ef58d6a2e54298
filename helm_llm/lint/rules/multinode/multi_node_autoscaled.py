"""multi-node-autoscaled."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lint.schema.expectation import plain
from helm_llm.serving.spec.spec import ServingSpec


@rule("multi-node-autoscaled", Severity.ERROR, Confidence.CERTAIN)
def multi_node_autoscaled(serving: ServingSpec) -> Iterator[Problem]:
    """Autoscaling is enabled for a multi-node group that cannot be scaled.

    ## Why
    An MPIJob runs only once, and KServe does not scale multi-node services. No
    autoscaler is created, so the number of groups stays the same under any load. A
    LeaderWorkerSet can be scaled, by whole groups.

    ## Bad
    ```yaml
    # chart: nim-llm
    multiNode:
      enabled: true
      workers: 2
      leaderWorkerSet:
        enabled: false
    autoscaling:
      enabled: true
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    multiNode:
      enabled: true
      workers: 2
    autoscaling:
      enabled: true
    ```
    """
    nodes = serving.nodes
    if nodes is None:
        return
    for request in nodes.unscaled:
        yield Problem(
            request.path,
            f"{serving.dotted(request.path)} is {plain(request.value)}, "
            f"but {nodes.kind}s are not autoscaled",
            related=(Related(nodes.switch, "multi-node serving is enabled here"),),
        )
