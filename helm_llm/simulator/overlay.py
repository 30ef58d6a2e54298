"""Flags that engines based on vLLM add to vLLM's flags."""

from __future__ import annotations

from helm_llm.engines import aidaptiv
from helm_llm.engines.flag import Flag
from helm_llm.engines.table import Table
from helm_llm.simulator.personality import Personality


def _flags(kind: str, *flags: str) -> tuple[Flag, ...]:
    return tuple(Flag((flag,), type=kind) for flag in flags)


_HUGGINGFACE = (
    *_flags(
        "str",
        "--model-name",
        "--model-id",
        "--model-dir",
        "--model-revision",
        "--backend",
        "--task",
    ),
    *_flags("int", "--http-port", "--grpc-port", "--workers", "--max-length"),
)
_ADDED = {"aidaptivcache": aidaptiv.FLAGS, "kserve-huggingface": _HUGGINGFACE}


def extend_table(table: Table, personality: Personality) -> Table:
    """The table with the flags of this engine."""
    return table.extended(_ADDED.get(personality.engine, ()))
