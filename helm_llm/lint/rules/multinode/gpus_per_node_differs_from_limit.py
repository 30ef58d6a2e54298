"""gpus-per-node-differs-from-limit."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec, counted


@rule("gpus-per-node-differs-from-limit", Severity.ERROR, Confidence.CERTAIN)
def gpus_per_node_differs_from_limit(serving: ServingSpec) -> Iterator[Problem]:
    """The number of GPUs per node differs from the number of GPUs in each pod.

    ## Why
    In each pod, mpirun starts as many ranks as `multiNode.gpusPerNode` specifies. If
    the pod has fewer GPUs, some ranks find no GPU, and the whole group hangs or
    restarts. If it has more, the extra GPUs stay idle.

    ## Bad
    ```yaml
    # chart: nim-llm
    multiNode:
      enabled: true
      workers: 2
      gpusPerNode: 8
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    multiNode:
      enabled: true
      workers: 2
      gpusPerNode: 8
    resources:
      limits:
        nvidia.com/gpu: 8
    ```
    """
    nodes, gpus = serving.nodes, serving.gpus
    if nodes is None or nodes.gpus_per_node is None or gpus is None:
        return
    per_node = nodes.gpus_per_node
    if per_node.value == gpus.value:
        return
    name, resource = per_node.path[-1], gpus.path[-1]
    yield Problem(
        per_node.path,
        f"{serving.dotted(per_node.path)} is {per_node.value}"
        f"{serving.default(per_node.path)}, but each pod gets "
        f"{counted(gpus.value, 'GPU')}{serving.default(gpus.path)}",
        related=(Related(gpus.path, "the GPU limit is set here"),),
        help=f"set both {name} and the limit of {resource} "
        "to the number of GPUs in a node",
    )
