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
    """The tensor parallel size differs from the number of GPUs in each pod of a group.

    ## Why
    KServe divides the number of ranks by the number of GPUs per pod, and starts that
    many pods. With one GPU per pod, tensor parallel 2 and pipeline parallel 2 result in
    four pods, and the ranks of one layer run in different pods. With four GPUs per pod,
    no worker is started at all. By default, the chart gives each pod one GPU.

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
    if serving.ranks is None or not over_nodes(serving.values):
        return
    degrees = {degree.name: degree for degree in serving.ranks.degrees}
    tensor, pipeline = degrees.get("tensor"), degrees.get("pipeline")
    gpus = _gpus_per_pod(serving)
    if gpus and tensor and pipeline and gpus.value != tensor.size:
        yield _problem(serving, gpus, tensor, pipeline)


def _gpus_per_pod(serving: ServingSpec) -> Field[int] | None:
    resources = serving.resources
    if any(map(is_accelerator, (*resources.limits, *resources.requests))):
        return serving.gpus if serving.gpus and serving.gpus.value else None
    # KServe adds one GPU to multi-node pods without an accelerator.
    return Field(1, resources.limit("nvidia.com/gpu"))


def _problem(
    serving: ServingSpec, gpus: Field[int], tensor: Degree, pipeline: Degree
) -> Problem:
    primary = serving.chosen((tensor.path, gpus.path))
    related = Related(gpus.path, "the GPU limit is set here")
    if primary == gpus.path:
        related = Related(tensor.path, "the tensor parallel size is set here")
    # KServe rounds the number of pods up.
    pods = -(-tensor.size * pipeline.size // gpus.value)
    return Problem(
        primary,
        f"{tensor}{serving.default(tensor.path)} needs "
        f"{counted(tensor.size, 'GPU')} per pod, but each pod has "
        f"{gpus.value}{serving.default(gpus.path)}: "
        f"KServe starts {counted(pods, 'pod')} instead of {pipeline.size}",
        related=(related,),
        help=f"set the limit and request of {gpus.path[-1]} to {tensor.size}",
    )
