"""How many replicas there are, and how they are replaced."""

from __future__ import annotations

import re
from dataclasses import dataclass

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.field import Field


@dataclass(frozen=True, slots=True)
class Autoscaling:
    """An autoscaler that is on."""

    minimum: Field[int] | None
    maximum: Field[int] | None
    utilization: tuple[Field[str], ...] = ()
    """The resources (`cpu`, `memory`) whose utilization it compares with a request."""
    switch: KeyPath = ()
    """The value that makes it, if there is one."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """An update strategy as rendered. Surge and unavailable: numbers or percentages as written."""

    type: Field[str]
    surge: Field[int | str] | None
    unavailable: Field[int | str] | None
    path: KeyPath
    block: KeyPath | None = None
    """Where the settings of a rolling update stand, if any are rendered."""
    kind: str = "Deployment"
    """What is updated: Deployment or StatefulSet."""

    def more(self, pods: int) -> int | None:
        """How many pods a rolling update starts before it stops one."""
        return _share(self.surge, pods, up=True)

    def fewer(self, pods: int) -> int | None:
        """How many pods a rolling update stops before it starts one."""
        return _share(self.unavailable, pods, up=False)


def _share(amount: Field[int | str] | None, pods: int, *, up: bool) -> int | None:
    """A quarter where nothing is given, rounded up for what is added; None for what is no amount."""
    given = amount.value if amount else "25%"
    if isinstance(given, int):
        return given
    percent = re.fullmatch(r"([0-9]{1,9})%", given)
    return (int(percent[1]) * pods + (99 if up else 0)) // 100 if percent else None
