"""world-size-differs-from-nodes."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import TIMES, Nodes, Ranks, ServingSpec, counted


@rule("world-size-differs-from-nodes", Severity.ERROR, Confidence.LIKELY)
def world_size_differs_from_nodes(serving: ServingSpec) -> Iterator[Problem]:
    """The number of ranks does not match the nodes of the group.

    ## Why
    The number of ranks is the product of the tensor and pipeline parallel sizes. A NIM
    finds no profile if its group has a different number of GPUs. vLLM stops with
    `--nnodes 2 must evenly divide the total world size` unless every node gets the same
    number of ranks.

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
    if ranks is None or nodes is None or nodes.count.value < 2:
        return
    misfit = _misfit(ranks, nodes)
    if not misfit:
        return
    related = [Related(nodes.count.path, "the number of nodes is set here")]
    if each := nodes.gpus_per_node:
        related.append(Related(each.path, "the GPUs per node are set here"))
    degrees = [degree.path for degree in ranks.largest_first]
    yield Problem(
        serving.chosen([*degrees, nodes.count.path]),
        misfit,
        related=tuple(related),
    )


def _misfit(ranks: Ranks, nodes: Nodes) -> str:
    needed, count, each = ranks.total, nodes.count.value, nodes.gpus_per_node
    sizes = f"{ranks} = {counted(needed, 'rank')}"
    # Without a launcher, the engine itself divides the ranks among the nodes.
    if each is None:
        if needed % count == 0:
            return ""
        return f"{sizes}, which cannot be divided evenly among {count} nodes"
    available = count * each.value
    if needed == available:
        return ""
    return f"{sizes}, but {count} nodes {TIMES} {each.value} GPUs = {available} GPUs"
