"""tensor-parallel-differs-from-node-gpus."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.charts.kserve_vllm.service import over_nodes
from helm_llm.serving.read.accelerators import is_accelerator
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import Degree, ServingSpec, counted


@rule(
    "tensor-parallel-differs-from-node-gpus",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("kserve-vllm",),
)
def tensor_parallel_differs_from_node_gpus(serving: ServingSpec) -> Iterator[Problem]:
    """The pods of a KServe group have another number of GPUs than the tensor parallel size.

    ## Why
    KServe divides the ranks of the model by the GPUs of a pod and starts as many pods. With one GPU in each, tensor
    parallel 2 and pipeline parallel 2 become four pods, the ranks of a layer in different ones; with four GPUs in each
    there is no worker at all. The chart gives one GPU unless you say otherwise.

    ## Bad
    ```yaml
    # chart: kserve-vllm
    deploymentMode: RawDeployment
    servingTopology: multiNode
    multiNode:
      tensorParallelSize: 2
    ```

    ## Good
    ```yaml
    # chart: kserve-vllm
    deploymentMode: RawDeployment
    servingTopology: multiNode
    multiNode:
      tensorParallelSize: 2
    resources:
      limits: {nvidia.com/gpu: 2}
      requests: {nvidia.com/gpu: 2}
    ```
    """
    degrees = (
        {degree.name: degree for degree in serving.ranks.degrees}
        if serving.ranks
        else {}
    )
    gpus = _gpus(serving)
    if (
        over_nodes(serving.values)
        and gpus
        and len(degrees) == 2
        and gpus.value != degrees["tensor"].size
    ):
        yield _problem(serving, gpus, degrees["tensor"], degrees["pipeline"])


def _gpus(serving: ServingSpec) -> Field[int] | None:
    """Those of a pod; KServe adds one where the values name none."""
    if any(
        map(is_accelerator, (*serving.resources.limits, *serving.resources.requests))
    ):
        return serving.gpus if serving.gpus and serving.gpus.value else None
    return Field(1, serving.resources.limit("nvidia.com/gpu"))


def _problem(
    serving: ServingSpec, gpus: Field[int], tensor: Degree, pipeline: Degree
) -> Problem:
    pods = -(-tensor.size * pipeline.size // gpus.value)
    path = serving.chosen((tensor.path, gpus.path))
    given = f"each pod has {counted(gpus.value, 'GPU')}{serving.default(gpus.path)}"
    places = {
        tensor.path: "the size is set here",
        gpus.path: "the GPU limit is set here",
    }
    return Problem(
        path,
        f"{tensor}{serving.default(tensor.path)}, {given}: KServe starts {counted(pods, 'pod')}, not {pipeline.size}",
        related=tuple(
            Related(other, note) for other, note in places.items() if other != path
        ),
        help=f"set limit and request of {gpus.path[-1]} to {tensor.size}",
    )
