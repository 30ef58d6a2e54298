"""world-size-differs-from-nodes."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import TIMES, Nodes, Ranks, ServingSpec, counted


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
        told = (
            (nodes.count, "the nodes are counted here"),
            (nodes.gpus_per_node, "the GPUs per node are set here"),
        )
        yield Problem(
            serving.chosen(
                [*(degree.path for degree in ranks.largest_first), nodes.count.path]
            ),
            misfit,
            related=tuple(Related(field.path, note) for field, note in told if field),
        )


def _misfit(ranks: Ranks, nodes: Nodes) -> str:
    needed, count, each = ranks.total, nodes.count.value, nodes.gpus_per_node
    if each is None and needed % count:
        return f"{count} nodes cannot share the {counted(needed, 'rank')} of {ranks} evenly"
    if each and needed != count * each.value:
        return f"{ranks} = {needed} ranks, {count} nodes {TIMES} {each.value} GPUs = {count * each.value}"
    return ""
