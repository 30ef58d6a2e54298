"""The engine's pod: images, environment, volumes, probes, ports and privileges.

Each part has the values path it comes from, or the empty path if the chart writes it
without a value. An adapter leaves out what it cannot read (`None`), and a rule that
needs that part reports nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.field import Field

Role = Literal["engine", "init", "model"]
"""What an image is for; an image with the role `model` is mounted as a volume."""

ProbeKind = Literal["startup", "readiness", "liveness"]


class Image(NamedTuple):
    """An image as values name it."""

    role: Role
    repository: Field[str]
    tag: Field[str]
    """The rendered tag: the chart's appVersion if the chart falls back to it, or empty."""
    digest: str = ""

    def __str__(self) -> str:
        text = self.repository.value
        if self.tag.value:
            text += f":{self.tag.value}"
        if self.digest:
            text += f"@{self.digest}"
        return text


class Variable(NamedTuple):
    """A variable of the engine's container."""

    name: str
    text: str | None
    """None if a Secret, a ConfigMap or a field of the pod holds it."""
    path: KeyPath
    """The value of the list item, or the value that the chart renders as the variable."""
    listed: bool
    """The variable is an item of the user's list; the chart did not add it."""
    shared: bool = False
    """The chart uses the same value for something else as well."""


class Mount(NamedTuple):
    """A directory of the engine's container. `at` is absolute, without a `/` at its end."""

    volume: str
    at: str
    path: KeyPath


class Volume(NamedTuple):
    """A volume of the pod. `kind` is its key in the Kubernetes API, such as `emptyDir`."""

    name: str
    kind: str
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe that is rendered, or that values disable. Times are in seconds."""

    kind: ProbeKind
    enabled: bool
    path: KeyPath
    """The map of the probe's values."""
    http: Field[str] | None
    """The HTTP path that the probe requests from the engine."""
    initial_delay: int
    period: int
    threshold: int
    authorized: bool = False
    """The probe sends an Authorization header."""

    @property
    def seconds(self) -> int:
        """From the start of the container until the probe has failed often enough."""
        return self.initial_delay + self.period * self.threshold


class Placement(NamedTuple):
    """Where the scheduler may put the pod."""

    node_selector: Field[Mapping[str, object]]
    affinity: Field[Mapping[str, object]]
    tolerations: Field[Sequence[Mapping[str, object]]]
    scheduler: Field[str]
    runtime_class: str = ""

    @property
    def keeps_together(self) -> bool:
        """Whether the pods are probably intended for one node."""
        if "kubernetes.io/hostname" in self.node_selector.value:
            return True
        return bool(self.affinity.value.get("podAffinity"))


class Security(NamedTuple):
    """What a pod may do on its node."""

    privileges: tuple[tuple[str, Field[str]], ...] = ()
    """Owner and privilege: (`container vllm`, `privileged`), (`pod`, `hostIPC`)."""
    user: Field[int] | None = None
    read_only_root: Field[bool] | None = None


@dataclass(frozen=True, slots=True)
class Pod:
    """The pod that runs the engine; None is unknown."""

    images: tuple[Image, ...] | None = None
    pull_secrets: Field[tuple[str, ...]] | None = None
    variables: tuple[Variable, ...] | None = None
    """The chart's variables, then the user's, which win."""
    unnamed_variables: bool = False
    """A ConfigMap or Secret adds variables whose names the values do not contain."""
    mounts: tuple[Mount, ...] | None = None
    mounted_before: tuple[Field[str], ...] = ()
    """Directories at which an init container's script mounts something.

    No other container sees these mounts.
    """
    volumes: tuple[Volume, ...] | None = None
    probes: tuple[Probe, ...] | None = None
    listens: Field[int] | None = None
    """The port that the engine opens."""
    targets: tuple[Field[int], ...] = ()
    """The container ports and numeric target ports that receive traffic."""
    host: Field[str] | None = None
    """The address that the engine binds."""
    placement: Placement | None = None
    security: Security | None = None
    shared_memory: Field[str] | None = None
    """The size limit of the memory volume at /dev/shm, a quantity."""

    def variable(self, *names: str) -> Variable | None:
        """The last variable with one of these names, which is the one that counts."""
        for variable in reversed(self.variables or ()):
            if variable.name in names:
                return variable
        return None

    def lacks(self, *names: str) -> bool:
        """Whether certainly none of these variables is set."""
        if self.variables is None or self.unnamed_variables:
            return False
        return self.variable(*names) is None

    @property
    def has_shared_memory(self) -> bool:
        """Whether anything is mounted at /dev/shm; yes if the mounts are unknown."""
        if self.mounts is None:
            return True
        return any(mount.at == "/dev/shm" for mount in self.mounts)  # noqa: S108

    @property
    def engine(self) -> Image | None:
        for image in self.images or ():
            if image.role == "engine":
                return image
        return None


UNKNOWN_POD = Pod()
