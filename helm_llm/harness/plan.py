"""The plan of a run: which values make which case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from helm_llm import inputs
from helm_llm.errors import UsageError
from helm_llm.lint.targets.target import Target, scenarios_of

_RENDER_ONLY = re.compile(
    r"^#\s*helm-llm test: render only, (?P<why>.+)$", re.MULTILINE
)
_LABEL = 63


@dataclass(frozen=True, slots=True)
class Planned:
    """One case: its name, and the chart with its values; `skipped` says why it cannot run in a cluster."""

    name: str
    target: Target
    skipped: str = ""


def plan(target: Target, only: Sequence[str]) -> tuple[Planned, ...]:
    """With values files one case; without any, one for each scenario that the chart ships."""
    cases = (
        [Planned(_name(target), target)] if target.files else list(_scenarios(target))
    )
    kept = [
        case
        for case in cases
        if not only or any(fnmatch(case.name, pattern) for pattern in only)
    ]
    if not kept:
        there = ", ".join(case.name for case in cases)
        raise UsageError(
            f"--case {', '.join(only)} fits no case of {target.chart}; it has {there}"
        )
    return tuple(kept)


def _name(target: Target) -> str:
    return Path(target.files[-1]).name.removesuffix(".yaml").removesuffix("-values")


def _scenarios(target: Target) -> Iterator[Planned]:
    files = scenarios_of(target.chart)
    for file in files:
        only = _RENDER_ONLY.search(
            inputs.read_file(str(file), "the values file").decode("utf-8", "replace")
        )
        name = file.name.removesuffix("-values.yaml")
        yield Planned(
            name,
            Target(target.chart, (str(file),), target.options),
            only["why"].strip() if only else "",
        )
    if not files:
        yield Planned("default", target)


def namespaces(run: str, cases: Sequence[Planned]) -> list[str]:
    """A namespace for each case that no other case or run has; short enough for a DNS label."""
    names: list[str] = []
    for case in cases:
        words = re.sub(r"[^a-z0-9]+", "-", case.name.lower())
        name = f"llm-{run}-{words}"[:_LABEL].strip("-")
        if name in names:  # names that differ in other characters, or only at their end
            number = f"-{len(names)}"
            name = f"{name[: _LABEL - len(number)]}{number}"
        names.append(name)
    return names
