"""How many replicas there are, and how they are replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helm_llm.keypath import KeyPath

if TYPE_CHECKING:
    from helm_llm.serving.spec import Field


@dataclass(frozen=True, slots=True)
class Autoscaling:
    """An autoscaler that is on."""

    minimum: Field[int] | None
    maximum: Field[int] | None
    utilization: tuple[Field[str], ...] = ()
    """The resources (`cpu`, `memory`) whose utilization it compares with a request."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """The update strategy of a Deployment as rendered. Surge and unavailable: numbers or percentages as written."""

    type: Field[str]
    surge: Field[int | str] | None
    unavailable: Field[int | str] | None
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Exposure:
    """A way in from outside of the cluster: `NodePort`, `LoadBalancer`, `Ingress`, `Route`."""

    kind: str
    path: KeyPath
