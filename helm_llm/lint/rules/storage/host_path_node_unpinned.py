"""host-path-node-unpinned."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("host-path-node-unpinned", Severity.WARNING, Confidence.LIKELY)
def host_path_node_unpinned(serving: ServingSpec) -> Iterator[Problem]:
    """The model cache is a directory on one node, but the pods may run on any node.

    ## Why
    A hostPath volume contains only what is on that node. A pod that moves to another
    node finds an empty directory and downloads the model again, or finds no model at
    all. Pin the pods to the nodes that have the model. If every node has it, because
    the directory is on a shared filesystem, suppress the finding and give that reason.

    ## Bad
    ```yaml
    # chart: nim-llm
    hostPath:
      enabled: true
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    hostPath:
      enabled: true
    nodeSelector:
      kubernetes.io/hostname: gpu-node-1
    ```
    """
    storage, placement = serving.storage, serving.pod.placement
    directory = storage.host_path
    if directory is None or placement is None or serving.facts.nodes == 1:
        return
    # Which nodes have the directory is unknown, so any selection of nodes counts.
    if placement.node_selector.value or placement.affinity.value.get("nodeAffinity"):
        return
    switches = [backend.switch for backend in storage.backends if backend.chosen]
    switch = switches[0] if switches else directory.path
    yield Problem(
        directory.path,
        f"{directory.value} is a directory on one node, "
        "but the pods are not pinned to that node",
        related=(Related(switch, "the storage backend is selected here"),),
        help="set nodeSelector or affinity to the nodes that have the directory",
    )
