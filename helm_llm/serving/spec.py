"""ServingSpec: what a deployment of an LLM server is, whatever chart it comes from.

Every field knows the values path it came from, so that one rule serves all charts and still points into the user's
file. `None` means unknown: a rule that needs the field then stays silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from helm_llm.keypath import KeyPath
from helm_llm.layers import Values

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """A value and the values path that gave it."""

    value: T
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Resources:
    """Limits and requests of the engine's container, nulls dropped, as written (`"1"`, `1`, `"24Gi"`)."""

    limits: Mapping[str, Any]
    requests: Mapping[str, Any]
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Backend:
    """One place a cache could live: its switch (or key), the volume it stands for, and whether the user chose it."""

    name: str
    switch: KeyPath
    enabled: bool


@dataclass(frozen=True, slots=True)
class Storage:
    """The model cache: mount path, candidate backends by precedence, the claim the chart would make."""

    mount: Field[str]
    backends: tuple[Backend, ...]
    order: str
    claim_mode: Field[str] | None
    """Access mode when the chart makes one claim that all pods share, else None."""
    downloads: bool
    """The engine downloads weights into the cache at start."""


@dataclass(frozen=True, slots=True)
class Parallelism:
    """Ranks: tensor x pipeline x data (all / in one pod), each with its source; `ranks_per_pod` None = unknown."""

    tensor: Field[int] | None
    pipeline: Field[int] | None
    data: Field[int] | None
    ranks_per_pod: int | None


@dataclass(frozen=True, slots=True)
class Nodes:
    """A multi-node group: nodes of one replica, ranks it needs, GPUs per node as the chart is told."""

    count: Field[int]
    gpus_per_node: Field[int] | None


@dataclass(frozen=True, slots=True)
class SharedMemory:
    """/dev/shm: present or not, its size limit if any."""

    present: bool
    size_limit: Field[str] | None
    path: KeyPath


@dataclass(frozen=True, slots=True)
class ServingSpec:
    """One LLM server as its chart's values describe it."""

    chart: str
    values: Values
    image: str
    model: Field[str]
    resources: Resources
    parallelism: Parallelism
    nodes: Nodes | None
    pods: Field[int]
    storage: Storage
    shared_memory: SharedMemory
    startup_budget: Field[int] | None
    """Seconds until a pod that is still starting is killed; None without a startup probe."""
    env: Mapping[str, Field[str]]
    """Literal variables of the engine's container by name, the last of equal names."""
    args: tuple[Field[str], ...]
    """Words of the engine's command line that the values give, each with its list item's path."""
