"""The kinds of input and their relative frequencies."""

from collections.abc import Callable
from dataclasses import replace

from tests.fuzz.case import HELM3, HELM4, Case
from tests.fuzz.kinds import (
    baseline,
    chart,
    command_line,
    comments,
    config,
    manifests,
    model_config,
    rendered,
    scenario,
    schema,
    setting,
    values,
)
from tests.fuzz.odd import Odd

Build = Callable[[Odd], Case]

KINDS: dict[str, tuple[int, Build]] = {
    "scenario": (20, scenario.build),
    "values": (12, values.build),
    "manifests": (16, manifests.build),
    "rendered": (3, rendered.build),
    "setting": (10, setting.build),
    "config": (10, config.build),
    "chart": (10, chart.build),
    "schema": (6, schema.build),
    "baseline": (4, baseline.build),
    "model-config": (5, model_config.build),
    "command-line": (10, command_line.build),
    "comments": (8, comments.build),
}

_REAL, _OWN_PROCESS = 3, 3
"""Percentages of cases that get a real Helm in addition, and a separate process."""


def case(seed: int, number: int, kind: str = "") -> Case:
    """Return the case with this number. It stays the same until its kind changes."""
    odd = Odd(f"{seed}/{number}")
    names = [name for name, (weight, _) in KINDS.items() for _ in range(weight)]
    drawn = odd.one(names)
    built = KINDS[kind or drawn][1](odd)
    if odd.chance(_REAL) and not built.helm:
        helm = odd.one([HELM3, HELM4])
        built = replace(
            built,
            helm=helm,
            arguments=tuple(word for word in built.arguments if word != "--no-render"),
        )
    return replace(built, own_process=odd.chance(_OWN_PROCESS))
