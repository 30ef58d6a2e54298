"""multi-node-autoscaled."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.lint.schema.expectation import plain
from helm_llm.serving.spec.spec import ServingSpec


@rule("multi-node-autoscaled", Severity.ERROR, Confidence.CERTAIN)
def multi_node_autoscaled(serving: ServingSpec) -> Iterator[Problem]:
    """Groups of nodes are to be autoscaled, and nothing can scale them.

    ## Why
    An MPIJob runs once, and KServe does not scale multi-node services. No autoscaler is made, and the number of groups
    stays what it is, whatever the load. A LeaderWorkerSet can be scaled by whole groups.

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
    if nodes:
        for asked in nodes.unscaled:
            message = f"{serving.dotted(asked.path)} is {plain(asked.value)}, {nodes.kind}s are not autoscaled"
            yield Problem(
                asked.path,
                message,
                related=(Related(nodes.switch, "several nodes are asked for here"),),
            )
