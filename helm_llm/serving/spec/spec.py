"""ServingSpec: what a deployment of an LLM server is, whatever chart it comes from.

Each part knows the values paths it came from, so that one rule serves all charts and still points into the user's
file. `None` means unknown: a rule that needs the part then stays silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.keypath import KeyPath, dotted
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.exposure import Exposure
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import UNKNOWN_POD, Pod
from helm_llm.serving.spec.scaling import Autoscaling, Rollout
from helm_llm.values.layers import Values

TIMES = "\N{MULTIPLICATION SIGN}"


def counted(number: int, noun: str) -> str:
    """`1 GPU`, `2 GPUs`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@dataclass(frozen=True, slots=True)
class Model:
    """What is served. `downloads`: into the cache, at the start of each pod that finds it empty."""

    name: str
    path: KeyPath
    downloads: bool
    local: bool
    """The weights lie on a volume when the engine starts."""
    profile: str = ""
    """The NIM profile that is asked for, by name or hash."""


@dataclass(frozen=True, slots=True)
class Resources:
    """Limits and requests of the engine's container as written, without nulls and what the chart leaves out."""

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


@dataclass(frozen=True, slots=True)
class Degree:
    """One way an engine is spread: `tensor`, `pipeline` or `data`, and over how many."""

    name: str
    size: int
    path: KeyPath

    def __str__(self) -> str:
        return f"{self.name} parallel {self.size}"


@dataclass(frozen=True, slots=True)
class Ranks:
    """The engine's workers, one GPU each: the product of the degrees."""

    degrees: tuple[Degree, ...]

    @property
    def total(self) -> int:
        return prod(degree.size for degree in self.degrees)

    @property
    def largest_first(self) -> list[Degree]:
        """The degrees that values give."""
        return sorted(
            (degree for degree in self.degrees if degree.path),
            key=lambda degree: -degree.size,
        )

    def __str__(self) -> str:
        return f" {TIMES} ".join(
            str(degree) for degree in self.degrees if degree.size > 1
        ) or str(self.degrees[0])


@dataclass(frozen=True, slots=True)
class Nodes:
    """A replica spread over nodes. `gpus_per_node`: as a launcher is told; None if the engine divides its ranks."""

    count: Field[int]
    gpus_per_node: Field[int] | None
    switch: KeyPath = ()
    """The value that asks for several nodes, if there is one."""
    kind: str = ""
    """What runs the nodes of a replica: `LeaderWorkerSet`, `MPIJob`."""
    unscaled: tuple[Field[Any], ...] = ()
    """Values that ask for an autoscaler, where this kind gets none."""


@dataclass(frozen=True, slots=True)
class Backend:
    """One place a model cache can live: its name in the values and the switch or key that chooses it."""

    name: str
    switch: KeyPath
    chosen: bool


@dataclass(frozen=True, slots=True)
class Storage:
    """Where the model cache lives."""

    backends: tuple[Backend, ...] = ()
    """All there are, by precedence: the first chosen one is used."""
    clash: Field[str] | None = None
    """The directory at which all of them are mounted, where no precedence keeps two from being so."""
    volume: str = ""
    """The name of that volume in the pod."""
    shared_claim: Field[str] | None = None
    """Access mode of the one claim that the chart makes for all pods."""
    existing_claim: Field[str] | None = None
    """Name of a claim that is there already and that all pods mount."""
    stated_mode: Field[str] | None = None
    """The access mode that the user states beside an existing claim."""
    claim_size: Field[str] | None = None
    """Size of a claim that the chart makes, a quantity."""
    host_path: Field[str] | None = None
    """The directory of the node, if that is the backend used."""
    cache: Field[str] | None = None
    """The directory in the container that the engine downloads its weights to."""
    ephemeral: KeyPath | None = None
    """The switch that would give the cache a volume, if it lives and dies with the pod."""


@dataclass(frozen=True, slots=True)
class Startup:
    """Seconds until a pod that is still starting is killed, and the values they come from, the first to turn first."""

    seconds: int
    knobs: tuple[KeyPath, ...]


@dataclass(frozen=True, slots=True)
class ServingSpec:
    """One LLM server as its chart's values describe it."""

    values: Values
    model: Model
    resources: Resources
    gpus: Field[int] | None
    """Accelerators of one pod, if each of them holds one rank; the path ends with the resource's name."""
    ranks: Ranks | None
    ranks_per_pod: int | None
    """Ranks the engine itself starts in one pod."""
    nodes: Nodes | None
    pods: Field[int] | None
    storage: Storage
    shared_memory: Field[bool]
    """Whether anything is mounted at /dev/shm."""
    startup: Startup | None
    command: CommandLine | None = None
    """The vLLM server's; None where the chart starts another."""
    pod: Pod = UNKNOWN_POD
    autoscaling: Autoscaling | None = None
    """None: off, or unknown."""
    rollout: Rollout | None = None
    """None: neither Deployment nor StatefulSet, or unknown."""
    exposures: tuple[Exposure, ...] = ()
    authenticated: bool | None = None
    """Whether requests need a key or a token."""
    facts: Facts = NO_FACTS

    def chosen(self, paths: Iterable[KeyPath]) -> KeyPath:
        """The first of these paths that the user set, else the first."""
        first, *others = paths
        return next(
            (path for path in (first, *others) if self.values.user_set(path)), first
        )

    def dotted(self, path: KeyPath) -> str:
        """A path as the user writes it: in the values of the whole release."""
        return dotted(self.values.named(path))

    def default(self, path: KeyPath) -> str:
        """What a message says behind a value the user did not choose."""
        return "" if self.values.user_set(path) else " (chart default)"
