"""How many replicas there are, and how they are replaced."""

from __future__ import annotations

from dataclasses import dataclass

from helm_llm.keypath import KeyPath
from helm_llm.layers import Values
from helm_llm.serving import readers
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


def rollout(values: Values, *path: str) -> Rollout | None:
    """The strategy at this path, a table as in the Kubernetes API; None without a type."""
    type = readers.field(values, *path, "type")
    if type is None:
        return None
    surge, unavailable = (_amount(values, (*path, "rollingUpdate", key)) for key in ("maxSurge", "maxUnavailable"))
    return Rollout(type, surge, unavailable, path)


def _amount(values: Values, path: tuple[str, ...]) -> Field[int | str] | None:
    given = readers.whole(values, *path)
    amount = readers.text(values, *path) if given is None else given
    return Field(amount, path) if amount not in (None, "") else None
