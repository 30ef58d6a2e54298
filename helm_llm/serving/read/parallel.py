"""How many ranks the arguments of `vllm serve` start, and on how many nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import Degree, Nodes, Parallelism, Ranks

_SIZE = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_UNKNOWABLE = ("--config", "--worker-use-ray", "--prefill-context-parallel-size")
"""Options with which values do not show the ranks of a pod.

They read a file, start ranks in other pods, or add a degree that is rarely used.
"""
_OWN_RANK = ("--data-parallel-rank", "--data-parallel-external-lb")
"""Options that make each pod one rank of its data parallel group."""

_ONE: Field[int] = Field(1, ())


def nodes(command: CommandLine) -> Nodes | None:
    """The nodes that share one engine; None for a single one."""
    count = _size(command, "--nnodes")
    if count is None or count.value == 1:
        return None
    return Nodes(count, None)


def ranks(
    command: CommandLine, tensor: Field[int] | None, path: KeyPath = ()
) -> Ranks | None:
    """The ranks of the engine, or of this pod if the engine has a single node.

    `tensor` is the chart's own value at `path`, which other arguments override.
    """
    for flag in _UNKNOWABLE:
        if command.written(flag):
            return None
    if not _starts_its_ranks(command):
        return None
    degrees: list[Degree] = []
    for name, size in _sizes(command, tensor, path):
        if size is None:
            return None
        degrees.append(Degree(name, size.value, size.path))
    return Ranks(tuple(degrees))


def per_node(ranks: Ranks | None, nodes: Nodes | None) -> int | None:
    """The ranks of one pod; None if the engine cannot divide them evenly."""
    if ranks is None:
        return None
    if nodes is None:
        return ranks.total
    share, rest = divmod(ranks.total, nodes.count.value)
    if rest:
        return None
    return share


def _starts_its_ranks(command: CommandLine) -> bool:
    """Whether the engine itself starts its ranks, on nodes that its arguments name."""
    several = _size(command, "--nnodes")
    if several is None:
        return False
    # Ray places ranks in the pods of a Ray cluster, which the values do not show.
    backend = command.written("--data-parallel-backend")
    if backend and backend.value != "mp":
        return False
    if several.value > 1:
        return True
    executor = command.written("--distributed-executor-backend")
    return executor is None or executor.value in ("mp", "uni")


def _sizes(
    command: CommandLine, tensor: Field[int] | None, path: KeyPath
) -> Iterator[tuple[Parallelism, Field[int] | None]]:
    written = command.written("--tensor-parallel-size")
    if written and written.path != path:
        tensor = _size(command, "--tensor-parallel-size")
    yield "tensor", tensor
    yield "pipeline", _size(command, "--pipeline-parallel-size")
    yield "data", _data(command)


def _data(command: CommandLine) -> Field[int] | None:
    if nodes(command):
        return _size(command, "--data-parallel-size")
    if command.written("--data-parallel-size-local"):
        return _size(command, "--data-parallel-size-local")
    for flag in _OWN_RANK:
        if command.written(flag):
            return _ONE
    return _size(command, "--data-parallel-size")


def _size(command: CommandLine, flag: str) -> Field[int] | None:
    """The number of an option, 1 without the option, None if it is not a number."""
    written = command.written(flag)
    if written is None:
        return _ONE
    if not _SIZE.fullmatch(written.value):
        return None
    return Field(int(written.value), written.path)
