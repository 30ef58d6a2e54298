"""multi-node-with-one-node."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec, counted


@rule("multi-node-with-one-node", Severity.ERROR, Confidence.LIKELY)
def multi_node_with_one_node(serving: ServingSpec) -> Iterator[Problem]:
    """A multi-node group has only one node.

    ## Why
    Enabling multi-node serving does not raise the number of nodes, which is a separate
    setting. A NIM then runs in a single pod: it has the launcher, SSH keys and extra
    controller of a group, but not the GPUs of other nodes. Some KServe releases reject
    such a service.

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
    if nodes is None or nodes.count.value > 1:
        return
    path = nodes.count.path
    count = counted(nodes.count.value, "node")
    yield Problem(
        path,
        f"the multi-node group has only {count}{serving.default(path)}",
        related=(Related(nodes.switch, "multi-node serving is enabled here"),),
        help=f"set {serving.dotted(path)} to 2 or more, or disable multi-node serving",
    )
