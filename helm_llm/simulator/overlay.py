"""Flags that relatives of vLLM add to its own."""

from __future__ import annotations

from helm_llm.engines import aidaptiv
from helm_llm.engines.flag import Flag
from helm_llm.engines.table import Table
from helm_llm.simulator.personality import Personality


def _values(kind: str, *flags: str) -> tuple[Flag, ...]:
    return tuple(Flag((flag,), type=kind) for flag in flags)


_HUGGINGFACE = (
    *_values(
        "str",
        "--model-name",
        "--model-id",
        "--model-dir",
        "--model-revision",
        "--backend",
        "--task",
    ),
    *_values("int", "--http-port", "--grpc-port", "--workers", "--max-length"),
)


def overlaid(table: Table, personality: Personality) -> Table:
    """The table of what this engine takes."""
    base = personality.name.removesuffix("-cpu")
    added = {"aidaptivcache": aidaptiv.FLAGS, "kserve-huggingface": _HUGGINGFACE}.get(
        base, ()
    )
    return table.extended(added)
