"""Number of GPUs that the pod seems to have, and whether the engine would start on them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from helm_llm.simulator.failure import StartFailed
from helm_llm.simulator.faults import parse_count, read_setting
from helm_llm.simulator.settings import Parallel

_NONE = """\
RuntimeError: Failed to infer device type, please set the environment variable `VLLM_LOGGING_LEVEL=DEBUG` to turn on \
verbose logging to help debug the issue."""
_TOO_FEW = """\
pydantic_core._pydantic_core.ValidationError: 1 validation error for ParallelConfig
  Value error, World size ({world}) is larger than the number of available GPUs ({gpus}) in this node. \
If this is intentional and you are using:
- ray, set '--distributed-executor-backend ray'.
- multiprocessing, set '--nnodes' appropriately. [type=value_error, ...]"""
_TOO_FEW_FOR_PROCESSES = """\
ValueError: DP adjusted local rank {gpus} is out of bounds for {gpus} devices.
RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {{}}"""


def count_gpus(environ: Mapping[str, str], devices: Path = Path("/dev")) -> int:
    """The smallest number from any variable; device files count only without one.

    A pod in a cluster without GPUs has neither device files nor a runtime that sets
    variables. There SIM_GPUS gives the number.
    """
    numbers = [
        read_setting(environ, "SIM_GPUS", parse_count, None),
        _count_devices(environ.get("CUDA_VISIBLE_DEVICES")),
        _count_runtime_devices(environ),
    ]
    known = [number for number in numbers if number is not None]
    if known:
        # Each source restricts the others: CUDA_VISIBLE_DEVICES hides mounted GPUs.
        return min(known)
    return len(list(devices.glob("nvidia[0-9]*")))


def require_gpus(gpus: int, parallel: Parallel, *, chooses_itself: bool) -> None:
    """Raise StartFailed with vLLM's error for too few GPUs.

    `chooses_itself`: NIM fits its parallelism to the GPUs that it finds.
    """
    world = parallel.tensor * parallel.pipeline
    if not gpus:
        raise StartFailed(_NONE)
    if chooses_itself or world <= gpus:
        return
    if parallel.nodes > 1 or parallel.executor not in ("", "mp"):
        return  # other nodes may have the rest
    text = _TOO_FEW_FOR_PROCESSES if parallel.executor else _TOO_FEW
    raise StartFailed(text.format(world=world, gpus=gpus))


def _count_runtime_devices(environ: Mapping[str, str]) -> int | None:
    devices = environ.get("NVIDIA_VISIBLE_DEVICES", "")
    if devices in ("", "all", "void", "none"):
        return None
    return _count_devices(devices)


def _count_devices(devices: str | None) -> int | None:
    if devices is None:
        return None
    if devices in ("", "-1"):
        return 0
    return len(devices.split(","))
