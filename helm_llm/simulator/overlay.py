"""Flags that relatives of vLLM add to its own."""

from __future__ import annotations

from dataclasses import replace

from helm_llm.engines.option import Option
from helm_llm.engines.table import Table
from helm_llm.simulator.personality import Personality


def _values(kind: str, *flags: str) -> tuple[Option, ...]:
    return tuple(Option((flag,), type=kind) for flag in flags)


def _switches(*flags: str) -> tuple[Option, ...]:
    return tuple(Option((flag,), kind="true") for flag in flags)


# Stock vLLM refuses all of these (measured); what aiDAPTIV's own fork takes was read from its documentation.
_AIDAPTIV = (
    *_values("str", "--nvme-path"),
    *_values("float", "--dram-kv-offload-gb", "--ssd-kv-offload-gb"),
    *_switches("--no-resume-kv-cache", "--resume-kv-cache", "--clean-obsolete-kv-cache", "--disable-gpu-reuse"),
    *_switches("--disable-long-token", "--disable-kv-cache-offload"),
)
_HUGGINGFACE = (
    *_values("str", "--model-name", "--model-id", "--model-dir", "--model-revision", "--backend", "--task"),
    *_values("int", "--http-port", "--grpc-port", "--workers", "--max-length"),
)


def overlaid(table: Table, personality: Personality) -> Table:
    """The table of what this engine takes."""
    base = personality.name.removesuffix("-cpu")
    added = {"aidaptivcache": _AIDAPTIV, "kserve-huggingface": _HUGGINGFACE}.get(base, ())
    return replace(table, options={**table.options, **{flag: option for option in added for flag in option.flags}})
