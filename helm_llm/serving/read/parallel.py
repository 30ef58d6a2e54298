"""How many ranks the flags of `vllm serve` start, and over how many nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import Degree, Nodes, Ranks

Flags = Mapping[str, Field[str]]

_SIZE = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_UNTOLD = frozenset({"--config", "--worker-use-ray", "--prefill-context-parallel-size"})
"""A file we do not see, ranks in other pods, a degree that few use."""
_OWN_RANK = frozenset({"--data-parallel-rank", "--data-parallel-external-lb"})
"""Each pod is then one rank of the data parallel group."""


def nodes(flags: Flags) -> Nodes | None:
    """The nodes that share one engine; None for one."""
    count = _size(flags.get("--nnodes"))
    return Nodes(count, None) if count and count.value > 1 else None


def ranks(flags: Flags, tensor: Field[int] | None) -> Ranks | None:
    """The ranks of the engine, on one node those of this pod; the flags beat the value of the chart."""
    if not _UNTOLD.isdisjoint(flags) or not _local(flags):
        return None
    sizes = {
        "tensor": _size(flags["--tensor-parallel-size"])
        if "--tensor-parallel-size" in flags
        else tensor,
        "pipeline": _size(flags.get("--pipeline-parallel-size")),
        "data": _data(flags),
    }
    degrees = tuple(
        Degree(name, field.value, field.path) for name, field in sizes.items() if field
    )
    return Ranks(degrees) if len(degrees) == len(sizes) else None


def per_node(ranks: Ranks | None, nodes: Nodes | None) -> int | None:
    """The ranks of one pod; None when the engine cannot divide them."""
    if ranks is None:
        return None
    if nodes is None:
        return ranks.total
    share, rest = divmod(ranks.total, nodes.count.value)
    return None if rest else share


def _local(flags: Flags) -> bool:
    """Whether the engine starts its ranks itself and knows its nodes."""
    several = _size(flags.get("--nnodes"))
    if several is None or flags.get("--data-parallel-backend", _MP).value != "mp":
        return False
    return several.value > 1 or flags.get(
        "--distributed-executor-backend", _MP
    ).value in ("mp", "uni")


def _data(flags: Flags) -> Field[int] | None:
    if nodes(flags):
        return _size(flags.get("--data-parallel-size"))
    if "--data-parallel-size-local" in flags:
        return _size(flags["--data-parallel-size-local"])
    return (
        _ONE
        if not _OWN_RANK.isdisjoint(flags)
        else _size(flags.get("--data-parallel-size"))
    )


def _size(flag: Field[str] | None) -> Field[int] | None:
    """The number behind a flag, 1 without the flag, None for what is no number."""
    if flag is None:
        return _ONE
    return Field(int(flag.value), flag.path) if _SIZE.fullmatch(flag.value) else None


_ONE: Field[int] = Field(1, ())
_MP: Field[str] = Field("mp", ())
