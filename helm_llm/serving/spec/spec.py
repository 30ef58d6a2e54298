"""ServingSpec: the deployment of an LLM server, regardless of its chart.

Each part has the values path it comes from. One rule therefore serves all charts and
still points into the user's file. `None` means unknown: a rule that needs the part
reports nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Literal, NamedTuple

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.keypath import KeyPath, dotted
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.exposure import Exposure
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import UNKNOWN_POD, Pod
from helm_llm.serving.spec.scaling import Autoscaling, Rollout
from helm_llm.serving.spec.source import Source

TIMES = "\N{MULTIPLICATION SIGN}"

Parallelism = Literal["tensor", "pipeline", "data"]
NodesKind = Literal["", "LeaderWorkerSet", "MPIJob", "multi-node InferenceService"]


def counted(number: int, noun: str) -> str:
    """`1 GPU`, `2 GPUs`."""
    if number == 1:
        return f"{number} {noun}"
    return f"{number} {noun}s"


class Model(NamedTuple):
    """The model that the server serves."""

    name: str
    path: KeyPath
    downloads: bool
    """Each pod that starts with an empty cache downloads the weights."""
    local: bool
    """The weights are on a volume before the engine starts."""
    profile: str = ""
    """The NIM profile that values select, by name or hash."""


@dataclass(frozen=True, slots=True)
class Resources:
    """Limits and requests of the engine's container as rendered."""

    limits: Mapping[str, Any]
    requests: Mapping[str, Any]
    path: KeyPath
    reservation: KeyPath | None = None
    """The value by which a resource claim or a scheduler gives the pod its GPU instead."""

    def limit(self, key: str) -> KeyPath:
        """The path of a limit."""
        return (*self.path, "limits", key)

    def request(self, key: str) -> KeyPath:
        """The path of a request."""
        return (*self.path, "requests", key)


class Degree(NamedTuple):
    """One way to split an engine, and into how many parts."""

    name: Parallelism
    size: int
    path: KeyPath

    def __str__(self) -> str:
        return f"{self.name} parallel {self.size}"


@dataclass(frozen=True, slots=True)
class Ranks:
    """The engine's workers, one for each GPU: the product of the degrees."""

    degrees: tuple[Degree, ...]

    @property
    def total(self) -> int:
        return prod(degree.size for degree in self.degrees)

    @property
    def largest_first(self) -> list[Degree]:
        """The degrees that values set."""
        # Without a path the degree is a default, which no finding can point at.
        stated = [degree for degree in self.degrees if degree.path]
        return sorted(stated, key=lambda degree: -degree.size)

    def __str__(self) -> str:
        split = [str(degree) for degree in self.degrees if degree.size > 1]
        if not split:
            return str(self.degrees[0])
        return f" {TIMES} ".join(split)


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes that one replica uses together."""

    count: Field[int]
    gpus_per_node: Field[int] | None
    """What the launcher gets; None if the engine divides its ranks itself."""
    switch: KeyPath = ()
    """The value that enables several nodes, if there is one."""
    kind: NodesKind = ""
    """The kind of object that runs them; empty if the engine's arguments do."""
    unscaled: tuple[Field[Any], ...] = ()
    """Values that configure an autoscaler, which this kind does not get."""


class Backend(NamedTuple):
    """A kind of storage for a model cache: its name in the values, and what selects it."""

    name: str
    switch: KeyPath
    chosen: bool


@dataclass(frozen=True, slots=True)
class Storage:
    """Where the model cache is."""

    backends: tuple[Backend, ...] = ()
    """All that the chart supports, by precedence: the first chosen one is used."""
    clash: Field[str] | None = None
    """The directory of all backends, in a chart that mounts each chosen one."""
    volume: str = ""
    """The name of the cache's volume in the pod."""
    shared_claim: Field[str] | None = None
    """The access mode of the one claim that the chart creates for all pods."""
    existing_claim: Field[str] | None = None
    """The name of an existing claim that all pods mount."""
    stated_mode: Field[str] | None = None
    """The access mode that a user gives in addition to an existing claim."""
    claim_size: Field[str] | None = None
    """The size of a claim that the chart creates, a quantity."""
    host_path: Field[str] | None = None
    """The directory on the node, if the cache is a hostPath."""
    cache: Field[str] | None = None
    """The directory in the container into which the engine downloads weights."""
    ephemeral: KeyPath | None = None
    """The switch of a persistent volume, if the cache is lost with its pod."""


class Startup(NamedTuple):
    """Seconds until a starting pod is killed, and the values that change them.

    The first of the values is the best to change.
    """

    seconds: int
    knobs: tuple[KeyPath, ...]


@dataclass(frozen=True, slots=True)
class ServingSpec:
    """One LLM server."""

    values: Source
    model: Model
    resources: Resources
    gpus: Field[int] | None
    """Accelerators of a pod, each for one rank. The path ends with the resource's name."""
    ranks: Ranks | None
    ranks_per_pod: int | None
    """Ranks that the engine itself starts in one pod."""
    nodes: Nodes | None
    pods: Field[int] | None
    storage: Storage
    shared_memory: Field[bool]
    """Whether anything is mounted at /dev/shm."""
    startup: Startup | None
    command: CommandLine | None = None
    """None if the server is not vLLM, or its arguments are unknown."""
    pod: Pod = UNKNOWN_POD
    autoscaling: Autoscaling | None = None
    """None: disabled or unknown."""
    rollout: Rollout | None = None
    """None: neither a Deployment nor a StatefulSet, or unknown."""
    exposures: tuple[Exposure, ...] = ()
    authenticated: bool | None = None
    """Whether requests need a key or a token."""
    facts: Facts = NO_FACTS

    def chosen(self, paths: Iterable[KeyPath]) -> KeyPath:
        """The first of these paths that the user set, else the first."""
        candidates = tuple(paths)
        for path in candidates:
            if self.values.is_user_set(path):
                return path
        return candidates[0]

    def dotted(self, path: KeyPath) -> str:
        """A path as the user writes it: relative to the values of the whole release."""
        return dotted(self.values.release_path(path))

    def default(self, path: KeyPath) -> str:
        """What a message adds to a value that the user did not set."""
        if self.values.is_user_set(path):
            return ""
        return " (chart default)"
