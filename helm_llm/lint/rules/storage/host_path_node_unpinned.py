"""host-path-node-unpinned."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Placement
from helm_llm.serving.spec.spec import ServingSpec, counted


@rule("host-path-node-unpinned", Severity.WARNING, Confidence.LIKELY)
def host_path_node_unpinned(serving: ServingSpec) -> Iterator[Problem]:
    """The model cache is a directory of a node, and the pods may run on any node.

    ## Why
    A hostPath holds what one node holds. A pod that is moved to another node finds an empty directory and downloads
    the model again, or finds no model at all. Pin the pods to the nodes that have it; if every node has it, because it
    is a shared file system, say so in a suppression.

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
    directory, placement, pods = (
        serving.storage.host_path,
        serving.pod.placement,
        serving.pods,
    )
    if directory and placement and not _pinned(placement) and serving.facts.nodes != 1:
        switch = next(
            (backend.switch for backend in serving.storage.backends if backend.chosen),
            directory.path,
        )
        whose = counted(pods.value, "pod") if pods else "the pods"
        yield Problem(
            directory.path,
            f"{directory.value} is one node's directory, nothing pins {whose} to that node",
            related=(Related(switch, "the backend is chosen here"),),
            help="set nodeSelector or affinity to the nodes that have the directory",
        )


def _pinned(placement: Placement) -> bool:
    return bool(
        placement.node_selector.value or placement.affinity.value.get("nodeAffinity")
    )
