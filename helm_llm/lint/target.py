"""What is linted: a chart with the values files and options of one release."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from helm_llm.errors import UsageError
from helm_llm.option import Option


@dataclass(frozen=True, slots=True)
class Target:
    """A chart reference, values files in order, and --set options."""

    chart: str
    files: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()


def targets(
    charts: Sequence[str], files: Sequence[str], options: Sequence[Option], each: Sequence[str]
) -> tuple[Target, ...]:
    """The targets of a command line; without charts, every chart below here with each of its ci scenarios."""
    if charts:
        given = [Target(chart, tuple(files), tuple(options)) for chart in charts]
        return tuple(_each(given, each)) if each else tuple(given)
    if files or options or each:
        raise UsageError("values were given without a chart: `helm llm lint CHART -f values.yaml`")
    found = tuple(_discovered())
    if not found:
        raise UsageError("no chart here or below: name one, `helm llm lint CHART -f values.yaml`")
    return found


def _each(given: Sequence[Target], patterns: Sequence[str]) -> Iterator[Target]:
    for pattern in patterns:
        matches = sorted(glob.glob(pattern, recursive=True))
        if not matches:
            raise UsageError(f"--each {pattern} matches no file")
        for target in given:
            yield from (replace(target, files=(*target.files, file)) for file in matches)


def _discovered() -> Iterator[Target]:
    for chart in _charts_below(Path()):
        yield Target(str(chart))
        yield from (Target(str(chart), (str(file),)) for file in sorted(chart.glob("ci/*-values.yaml")))


def _charts_below(top: Path) -> Iterator[Path]:
    for directory, names, files in os.walk(top):
        names[:] = sorted(name for name in names if not name.startswith("."))
        if "Chart.yaml" in files:
            names.clear()
            yield Path(directory)
