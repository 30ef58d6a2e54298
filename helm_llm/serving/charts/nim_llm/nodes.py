"""The chart nim-llm: on how many nodes it runs, and what runs it there."""

from __future__ import annotations

from typing import Literal

from helm_llm.serving.read import fields
from helm_llm.serving.read.replicas import AUTOSCALED, fixed_replicas, replicas
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Nodes

Topology = Literal["single node", "LeaderWorkerSet", "MPIJob"]

_SWITCH = ("multiNode", "enabled")
_WORKERS = ("multiNode", "workers")
_SLOTS = ("multiNode", "gpusPerNode")


def topology(values: Source) -> Topology | None:
    """What runs the pods of a replica; None if values do not show it."""
    several = fields.switch(values, *_SWITCH)
    if several is None:
        return None
    if not several:
        return "single node"
    if fields.is_on(values, "multiNode", "leaderWorkerSet", "enabled"):
        return "LeaderWorkerSet"
    return "MPIJob"


def nodes(values: Source, kind: Topology | None) -> Nodes | None:
    """The nodes of a replica; None for a single node."""
    if kind is None or kind == "single node":
        return None
    count = fields.number(values, *_WORKERS)
    gpus = fields.number(values, *_SLOTS)
    if count is None or gpus is None:
        return None
    unscaled: tuple[Field[bool], ...] = ()
    # The chart renders no autoscaler for an MPIJob.
    if kind == "MPIJob" and fields.switch(values, *AUTOSCALED):
        unscaled = (Field(True, AUTOSCALED),)
    return Nodes(count, gpus, _SWITCH, kind, unscaled)


def pods(values: Source, kind: Topology | None) -> Field[int] | None:
    """The pods of all replicas."""
    if kind is None:
        return None
    if kind == "single node":
        return replicas(values)
    groups = replicas(values)
    if kind == "MPIJob":
        groups = fixed_replicas(values)
    group = nodes(values, kind)
    if groups is None or group is None:
        return None
    size = group.count
    number = groups.value * size.value
    if size.value > 1:
        return Field(number, size.path)
    return Field(number, groups.path)
