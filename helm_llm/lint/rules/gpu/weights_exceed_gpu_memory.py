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
    Tensor and pipeline parallel ranks share the weights; each takes what its GPU has, up to the utilization. Weights
    that do not fit end in `CUDA out of memory`, and those that fill the share in `No available memory for the cache
    blocks`. The GPU is known by the node selector, by the name of a MIG slice, or by `gpu` among the facts; the size of
    the weights by the model's name.

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
    device, least, share = gpu(serving), weights(serving), _holders(serving)
    if device and least and share:
        utilization = _utilization(serving.command)
        part = least.gigabytes * _OVERHEAD / share
        room = device.gibibytes * 2**30 / GIGA * utilization
        if part > room:
            places, each = _places(serving, device), "each of " if share > 1 else ""
            primary = serving.chosen(related.path for related in places)
            yield Problem(
                primary,
                f"{least} need {part:.0f} GB on {each}{counted(share, 'GPU')}, "
                f"{utilization:g} of one {device.name} is {room:.0f} GB",
                related=tuple(related for related in places if related.path != primary),
                help=f"the weights alone fill {ceil(part * share / room)} such GPUs: use more, or quantize the model",
            )


def _places(serving: ServingSpec, device: Gpu) -> list[Related]:
    """What decides it, the first to change first. Data parallel ranks do not share weights."""
    degrees = (
        [degree for degree in serving.ranks.largest_first if degree.name != "data"]
        if serving.ranks
        else []
    )
    places = [Related(serving.model.path, "the model is named here")]
    places += [Related(degree.path, f"{degree} is set here") for degree in degrees]
    return places + (
        [Related(device.path, "the GPU is named here")] if device.path else []
    )


_OVERHEAD = 1.02


def _holders(serving: ServingSpec) -> int | None:
    """How many GPUs hold the weights; None where they lie elsewhere, or values do not tell."""
    command = serving.command
    hidden = command and (
        command.reads_a_file
        or any(command.parsed.last(flag) for flag in _MOVES_WEIGHTS)
    )
    from_hub = serving.model.downloads or serving.model.name.startswith("hf://")
    if (
        hidden or serving.ranks is None or not from_hub
    ):  # a directory of the user's may have any name
        return None
    return prod(
        degree.size for degree in serving.ranks.degrees if degree.name != "data"
    )


_MOVES_WEIGHTS = (
    "--cpu-offload-gb",
    "--offload-backend",
    "--enable-expert-parallel",
    "--hf-overrides",
)
"""To main memory, over data parallel ranks, or another model altogether."""


def _utilization(command: CommandLine | None) -> float:
    """All of it where the engine is not vLLM; vLLM's own default where nothing is said."""
    given = command.value("--gpu-memory-utilization") if command else 1.0
    return (
        float(given)
        if isinstance(given, (int, float)) and 0 < given <= 1
        else _DEFAULT_UTILIZATION
    )


_DEFAULT_UTILIZATION = 0.92
"""0.9 before vLLM 0.20."""
