"""multi-node-with-one-node."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec, counted


@rule("multi-node-with-one-node", Severity.ERROR, Confidence.LIKELY)
def multi_node_with_one_node(serving: ServingSpec) -> Iterator[Problem]:
    """A model is to be spread over several nodes, and gets one.

    ## Why
    The number of nodes has a default of its own. A NIM then runs in a single pod, with the launcher, the SSH keys and
    the second controller of a group, and without the GPUs of the other nodes; some releases of KServe refuse it.

    ## Bad
    ```yaml
    # chart: nim-llm
    multiNode:
      enabled: true
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    multiNode:
      enabled: true
      workers: 2
    ```
    """
    nodes = serving.nodes
    if nodes and nodes.count.value < 2:
        path = nodes.count.path
        yield Problem(
            path,
            f"a multi-node group of {counted(nodes.count.value, 'node')}{serving.default(path)}",
            related=(Related(nodes.switch, "several nodes are asked for here"),),
            help=f"set {serving.dotted(path)} to 2 or more, or switch multi-node off",
        )
