"""weights-exceed-gpu-memory."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, prod

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.gpu_memory import Gpu, gpu
from helm_llm.serving.derived.weights import GIGA, weights
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec, counted


@rule("weights-exceed-gpu-memory", Severity.ERROR, Confidence.LIKELY)
def weights_exceed_gpu_memory(serving: ServingSpec) -> Iterator[Problem]:
    """The weights alone are larger than the memory of the GPUs.

    ## Why
    Tensor and pipeline parallel ranks share the weights, and each rank may use its
    GPU's memory up to `--gpu-memory-utilization`. Weights that do not fit end in
    `CUDA out of memory`. Weights that leave no room for the KV cache end in
    `No available memory for the cache blocks`.

    The GPU is derived from the node selector, the name of a MIG slice or `facts.gpu`,
    and the size of the weights from the model's name.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      model: Qwen/Qwen2.5-72B-Instruct
      tensorParallelSize: 2
    resources:
      limits:
        nvidia.com/gpu: 2
    nodeSelector:
      nvidia.com/gpu.product: NVIDIA-A100-SXM4-40GB
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      model: Qwen/Qwen2.5-72B-Instruct
      tensorParallelSize: 8
    resources:
      limits:
        nvidia.com/gpu: 8
    nodeSelector:
      nvidia.com/gpu.product: NVIDIA-A100-SXM4-40GB
    ```
    """
    device = gpu(serving)
    least = weights(serving)
    share = _sharing_gpus(serving)
    if device is None or least is None or not share:
        return
    utilization = _utilization(serving.command)
    part = least.gigabytes * _OVERHEAD / share
    room = device.gibibytes * 2**30 / GIGA * utilization
    if part <= room:
        return
    places = _places(serving, device)
    path = serving.chosen(related.path for related in places)
    gpus = counted(share, "GPU")
    if share > 1:
        gpus = f"each of {gpus}"
    others = [related for related in places if related.path != path]
    filled = ceil(part * share / room)
    yield Problem(
        path,
        f"{least} need {part:.0f} GB on {gpus}, "
        f"but {utilization:g} of one {device.name} is {room:.0f} GB",
        related=tuple(others),
        help=f"the weights alone fill {filled} such GPUs: "
        "use more GPUs, or quantize the model",
    )


def _places(serving: ServingSpec, device: Gpu) -> list[Related]:
    """The values to change, the most likely one first."""
    places = [Related(serving.model.path, "the model is set here")]
    if serving.ranks:
        degrees = serving.ranks.largest_first
        # Data parallel ranks do not share the weights: each of them holds all.
        sharing = [degree for degree in degrees if degree.name != "data"]
        places += [Related(degree.path, f"{degree} is set here") for degree in sharing]
    if device.path:
        places.append(Related(device.path, "the GPU is set here"))
    return places


_OVERHEAD = 1.02
"""Loaded weights need slightly more memory than the size of their parameters."""


def _sharing_gpus(serving: ServingSpec) -> int | None:
    """The number of GPUs that share the weights; None where it is unknown."""
    command, model = serving.command, serving.model
    # A local directory may have any name: it says nothing about the size.
    if not model.downloads and not model.name.startswith("hf://"):
        return None
    if serving.ranks is None or (command and _may_move_weights(command)):
        return None
    degrees = serving.ranks.degrees
    return prod(degree.size for degree in degrees if degree.name != "data")


def _may_move_weights(command: CommandLine) -> bool:
    return command.reads_a_file or any(map(command.parsed.last, _MOVES_WEIGHTS))


# To main memory, across data parallel ranks, or to an entirely different model.
_MOVES_WEIGHTS = (
    "--cpu-offload-gb",
    "--offload-backend",
    "--enable-expert-parallel",
    "--hf-overrides",
)


def _utilization(command: CommandLine | None) -> float:
    """The part of a GPU's memory that the engine may use; all of it outside of vLLM."""
    if command is None:
        return 1.0
    given = command.value("--gpu-memory-utilization")
    if isinstance(given, (int, float)) and 0 < given <= 1:
        return float(given)
    return _DEFAULT_UTILIZATION


_DEFAULT_UTILIZATION = 0.92
"""vLLM's default since 0.20; it was 0.9 before."""
