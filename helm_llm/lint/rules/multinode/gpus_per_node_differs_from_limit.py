"""gpus-per-node-differs-from-limit."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec, counted


@rule("gpus-per-node-differs-from-limit", Severity.ERROR, Confidence.CERTAIN)
def gpus_per_node_differs_from_limit(serving: ServingSpec) -> Iterator[Problem]:
    """The launcher of a multi-node group is told another number of GPUs per node than the pods get.

    ## Why
    mpirun starts as many ranks in each pod as `multiNode.gpusPerNode` says. With fewer GPUs in the pod some ranks find
    none and the group hangs or restarts as a whole; with more, the others idle.

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
    told, gpus = serving.nodes and serving.nodes.gpus_per_node, serving.gpus
    if told and gpus and told.value != gpus.value:
        yield Problem(
            told.path,
            f"{serving.dotted(told.path)} is {told.value}{serving.default(told.path)}, "
            f"each pod gets {counted(gpus.value, 'GPU')}{serving.default(gpus.path)}",
            related=(Related(gpus.path, "the GPU limit is set here"),),
            help=f"set both {told.path[-1]} and the limit of {gpus.path[-1]} to the GPUs of a node",
        )
