"""The plan of a run: one case for each set of values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from helm_llm import inputs
from helm_llm.errors import UsageError
from helm_llm.lint.targets.target import Target, find_scenarios

_RENDER_ONLY = re.compile(
    r"^#\s*helm-llm test: render only, (?P<why>.+)$", re.MULTILINE
)
_LABEL_LENGTH = 63


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """One case: its name, and the chart with its values."""

    name: str
    target: Target
    skipped: str = ""
    """Why the case cannot run in a cluster, empty if it can."""


def plan(target: Target, patterns: Sequence[str]) -> tuple[PlannedCase, ...]:
    """Return the cases of a chart whose name matches one of the patterns, if any.

    Values files make one case. Without any, each scenario of the chart is a case.
    """
    cases = list(_all_cases(target))
    if not patterns:
        return tuple(cases)
    kept = [case for case in cases if _matches(case.name, patterns)]
    if not kept:
        names = ", ".join(case.name for case in cases)
        raise UsageError(
            f"--case {', '.join(patterns)} matches no case of {target.chart}; "
            f"its cases are {names}"
        )
    return tuple(kept)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _case_name(file: str) -> str:
    return Path(file).name.removesuffix(".yaml").removesuffix("-values")


def _all_cases(target: Target) -> Iterator[PlannedCase]:
    if target.files:
        yield PlannedCase(_case_name(target.files[-1]), target)
        return
    # The convention of chart-testing: ci/*-values.yaml.
    files = find_scenarios(target.chart)
    for file in files:
        yield PlannedCase(
            file.name.removesuffix("-values.yaml"),
            Target(target.chart, (str(file),), target.options),
            _reason_to_skip(file),
        )
    if not files:
        yield PlannedCase("default", target)


def _reason_to_skip(file: Path) -> str:
    content = inputs.read_file(str(file), "the values file")
    marker = _RENDER_ONLY.search(content.decode("utf-8", "replace"))
    return marker["why"].strip() if marker else ""


def namespaces_for(run: str, cases: Sequence[PlannedCase]) -> list[str]:
    """Return a namespace for each case that no other case or run uses.

    Names that differ only in special characters, or only after the length of a DNS
    label, get a number.
    """
    names: list[str] = []
    for case in cases:
        words = re.sub(r"[^a-z0-9]+", "-", case.name.lower())
        # A DNS label neither begins nor ends with a dash.
        name = f"llm-{run}-{words}"[:_LABEL_LENGTH].strip("-")
        if name in names:
            number = f"-{len(names)}"
            name = f"{name[: _LABEL_LENGTH - len(number)]}{number}"
        names.append(name)
    return names
