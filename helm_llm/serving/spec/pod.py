"""The engine's pod: what the rules on images, environment, volumes, probes, ports and security look at.

Each part carries the values path it comes from, the empty path where the chart writes it without a value. An adapter
gives `None` for what it cannot read, and a rule that needs it stays silent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.field import Field


@dataclass(frozen=True, slots=True)
class Image:
    """An image as values name it. `role`: `engine`, `init` or `model`."""

    role: str
    repository: Field[str]
    tag: Field[str]
    """What is rendered: the empty string where there is none, the chart's appVersion where the chart falls back."""
    digest: str = ""

    def __str__(self) -> str:
        tag = f":{self.tag.value}" if self.tag.value else ""
        return f"{self.repository.value}{tag}" + (
            f"@{self.digest}" if self.digest else ""
        )


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the engine's container. `text` is None where a Secret, ConfigMap or field holds it."""

    name: str
    text: str | None
    path: KeyPath
    """The value of the list item, or the value the chart makes the variable of."""
    listed: bool
    """An item of the user's list, not one that the chart makes."""
    shared: bool = False
    """What the chart makes it of decides something else besides."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A directory of the engine's container. `at` is absolute and without a `/` at its end."""

    volume: str
    at: str
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of the pod. `kind`: emptyDir, hostPath, nfs, persistentVolumeClaim, configMap, secret, image, ..."""

    name: str
    kind: str
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe that is rendered, or that values switch off. `kind`: `startup`, `readiness` or `liveness`.

    Seconds; `path` is the probe's own table of values, `http` the path it asks for and where that comes from.
    """

    kind: str
    enabled: bool
    path: KeyPath
    http: Field[str] | None = None
    authorized: bool = False
    """It sends an Authorization header."""
    initial_delay: int = 0
    period: int = 10
    threshold: int = 3

    @property
    def seconds(self) -> int:
        """From the start of the container until this probe has failed often enough."""
        return self.initial_delay + self.period * self.threshold


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the scheduler may put the pod."""

    node_selector: Field[Mapping[str, Any]]
    affinity: Field[Mapping[str, Any]]
    tolerations: Field[Sequence[Mapping[str, Any]]]
    scheduler: Field[str]
    runtime_class: str = ""

    @property
    def keeps_together(self) -> bool:
        """Whether all pods may be meant for one node."""
        return "kubernetes.io/hostname" in self.node_selector.value or bool(
            self.affinity.value.get("podAffinity")
        )


@dataclass(frozen=True, slots=True)
class Security:
    """What a pod may do on its node: each privilege with its container or the pod, and the value that gives it."""

    privileges: tuple[tuple[str, Field[str]], ...] = ()
    """(`container vllm`, privileged), (`pod`, hostIPC)."""
    user: Field[int] | None = None
    read_only_root: Field[bool] | None = None


@dataclass(frozen=True, slots=True)
class Pod:
    """The pod that runs the engine; None is unknown."""

    images: tuple[Image, ...] | None = None
    pull_secrets: Field[tuple[str, ...]] | None = None
    variables: tuple[Variable, ...] | None = None
    """Those that the chart makes, then the user's, which win."""
    unnamed_variables: bool = False
    """ConfigMaps or Secrets give more variables, whose names the values do not hold."""
    mounts: tuple[Mount, ...] | None = None
    mounted_before: tuple[Field[str], ...] = ()
    """Directories at which a script of an init container mounts something: no other container sees it."""
    volumes: tuple[Volume, ...] | None = None
    probes: tuple[Probe, ...] | None = None
    listens: Field[int] | None = None
    """The port the engine opens."""
    targets: tuple[Field[int], ...] = ()
    """The container ports and numeric target ports that traffic is sent to."""
    host: Field[str] | None = None
    """The address the engine binds."""
    placement: Placement | None = None
    security: Security | None = None
    shared_memory: Field[str] | None = None
    """The size limit of the memory volume at /dev/shm, a quantity."""
    custom_command: bool | None = None
    """The user replaced the engine's command."""

    def variable(self, *names: str) -> Variable | None:
        """The last variable with one of these names, the one that counts."""
        found = [
            variable for variable in self.variables or () if variable.name in names
        ]
        return found[-1] if found else None

    def lacks(self, *names: str) -> bool:
        """Whether none of these variables is set, as far as that can be told."""
        return (
            self.variables is not None
            and not self.unnamed_variables
            and self.variable(*names) is None
        )

    @property
    def engine(self) -> Image | None:
        return next(
            (image for image in self.images or () if image.role == "engine"), None
        )


UNKNOWN_POD = Pod()
