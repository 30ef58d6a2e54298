"""How many replicas a server has, and how they are replaced."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.field import Field

WorkloadKind = Literal["Deployment", "StatefulSet"]


class Autoscaling(NamedTuple):
    """An autoscaler that is enabled."""

    minimum: Field[int] | None
    maximum: Field[int] | None
    utilization: tuple[Field[str], ...] = ()
    """The resources (`cpu`, `memory`) of which it compares the use with a request."""
    switch: KeyPath = ()
    """The value that enables it, if there is one."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """An update strategy as rendered: surge and unavailable are numbers or percentages."""

    type: Field[str]
    surge: Field[int | str] | None
    unavailable: Field[int | str] | None
    path: KeyPath
    block: KeyPath | None = None
    """The path of the settings of a rolling update, if any are rendered."""
    kind: WorkloadKind = "Deployment"

    def more(self, pods: int) -> int | None:
        """How many pods a rolling update may start before it stops one."""
        # Kubernetes rounds a percentage up for the surge and down for unavailable pods.
        return _share(self.surge, pods, rounding=99)

    def fewer(self, pods: int) -> int | None:
        """How many pods a rolling update may stop before it starts one."""
        return _share(self.unavailable, pods, rounding=0)


def _share(amount: Field[int | str] | None, pods: int, *, rounding: int) -> int | None:
    """A number of pods; None for text that is not a percentage."""
    # Kubernetes' default of both is 25%.
    given: int | str = "25%"
    if amount:
        given = amount.value
    if isinstance(given, int):
        return given
    percent = re.fullmatch(r"([0-9]{1,9})%", given)
    if percent is None:
        return None
    hundredths = int(percent[1]) * pods
    return (hundredths + rounding) // 100
