"""world-size-differs-from-nodes."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec import TIMES, Nodes, Ranks, ServingSpec


@rule("world-size-differs-from-nodes", Severity.ERROR, Confidence.LIKELY)
def world_size_differs_from_nodes(serving: ServingSpec) -> Iterator[Problem]:
    """The ranks of a model do not fit the nodes it is spread over.

    ## Why
    Tensor and pipeline parallel sizes multiply to the number of ranks. A NIM finds no profile when its group has
    another number of GPUs; vLLM stops with `--nnodes 2 must evenly divide the total world size` unless every node
    gets the same share.

    ## Bad
    ```yaml
    # chart: nim-llm
    multiNode:
      enabled: true
      workers: 2
      gpusPerNode: 8
    env:
      - name: NIM_MODEL_PROFILE
        value: tensorrt_llm-h100-fp8-tp8-pp1-latency
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    multiNode:
      enabled: true
      workers: 2
      gpusPerNode: 8
    env:
      - name: NIM_MODEL_PROFILE
        value: tensorrt_llm-h100-fp8-tp8-pp2-latency
    ```
    """
    ranks, nodes = serving.ranks, serving.nodes
    misfit = _misfit(ranks, nodes) if ranks and nodes and nodes.count.value > 1 else ""
    if ranks and nodes and misfit:
        told = [field for field in (nodes.count, nodes.gpus_per_node) if field]
        yield Problem(
            serving.chosen([*(degree.path for degree in ranks.largest_first), nodes.count.path]),
            misfit,
            related=tuple(Related(field.path, f"{field.path[-1]} is set here") for field in told),
        )


def _misfit(ranks: Ranks, nodes: Nodes) -> str:
    count, told = nodes.count.value, nodes.gpus_per_node
    if told is None:
        return f"{ranks} = {ranks.total} ranks, {count} nodes cannot share them evenly" if ranks.total % count else ""
    gpus = count * told.value
    return (
        f"{ranks} = {ranks.total} ranks, {count} nodes {TIMES} {told.value} GPUs = {gpus}"
        if ranks.total != gpus
        else ""
    )
