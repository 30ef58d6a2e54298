"""How many GPUs the pod seems to have, and whether the engine would start on them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from helm_llm.simulator.failure import StartFailed
from helm_llm.simulator.faults import count, setting
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


def visible_gpus(environ: Mapping[str, str], devices: Path = Path("/dev")) -> int:
    """The least that any source admits; device files count only where no variable says anything.

    A pod in a cluster without GPUs has neither files nor a runtime that sets variables: there SIM_GPUS tells.
    """
    told = setting(environ, "SIM_GPUS", count, None)
    counts = [
        told,
        _listed(environ.get("CUDA_VISIBLE_DEVICES")),
        _given_by_runtime(environ),
    ]
    known = [number for number in counts if number is not None]
    return min(known) if known else len(list(devices.glob("nvidia[0-9]*")))


def require_gpus(gpus: int, parallel: Parallel, *, chooses_itself: bool) -> None:
    """Refuse to start as vLLM does; `chooses_itself` for NIM, which fits its parallelism to what it finds."""
    world = parallel.tensor * parallel.pipeline
    if not gpus:
        raise StartFailed(_NONE)
    if (
        chooses_itself
        or world <= gpus
        or parallel.nodes > 1
        or parallel.executor not in ("", "mp")
    ):
        return
    text = _TOO_FEW_FOR_PROCESSES if parallel.executor else _TOO_FEW
    raise StartFailed(text.format(world=world, gpus=gpus))


def _given_by_runtime(environ: Mapping[str, str]) -> int | None:
    devices = environ.get("NVIDIA_VISIBLE_DEVICES", "")
    return None if devices in ("", "all", "void", "none") else _listed(devices)


def _listed(devices: str | None) -> int | None:
    if devices is None:
        return None
    return 0 if devices in ("", "-1") else len(devices.split(","))
