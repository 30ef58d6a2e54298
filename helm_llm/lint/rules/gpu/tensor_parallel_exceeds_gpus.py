"""tensor-parallel-exceeds-gpus."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec, counted


@rule("tensor-parallel-exceeds-gpus", Severity.ERROR, Confidence.CERTAIN)
def tensor_parallel_exceeds_gpus(serving: ServingSpec) -> Iterator[Problem]:
    """A pod has fewer GPUs than its engine needs.

    ## Why
    The engine starts one worker for each tensor, pipeline and data parallel rank, and
    each worker needs its own GPU. With too few GPUs, the server stops: `World size (2)
    is larger than the number of available GPUs (1) in this node`. A NIM finds no
    compatible profile. In both cases the pod keeps restarting.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      tensorParallelSize: 4
    resources:
      limits:
        nvidia.com/gpu: 2
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      tensorParallelSize: 4
    resources:
      limits:
        nvidia.com/gpu: 4
    ```
    """
    ranks = serving.ranks
    needed = serving.ranks_per_pod
    gpus = serving.gpus
    if ranks is None or gpus is None or not needed:
        return
    available = gpus.value
    if needed <= available:
        return
    key = gpus.path[-1]
    parallelism = str(ranks)
    if serving.nodes:
        parallelism += f" over {serving.nodes.count.value} nodes"
    yield Problem(
        serving.chosen(degree.path for degree in ranks.largest_first),
        f"{parallelism} needs {needed} GPUs per pod, "
        f"but {key} is {available}{serving.default(gpus.path)}",
        related=(Related(gpus.path, "the GPU limit is set here"),),
        help=f"set the limit of {key} to {needed}, "
        f"or spread the model over {counted(available, 'GPU')}",
    )
