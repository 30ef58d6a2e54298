"""Files named on the command line, as by pre-commit -> the targets that read them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from helm_llm.errors import UsageError
from helm_llm.lint.targets.target import Target, find_scenarios


def has_files(references: Sequence[str]) -> bool:
    """Whether there are files among the charts."""
    return any(map(_is_file, references))


def targets_of(
    references: Sequence[str], values: Target, configured: Sequence[Target]
) -> tuple[Target, ...]:
    """The targets of each file, each target once.

    `values` is a target without a chart: files and options for every one of them.
    """
    charts = []
    files = []
    for reference in references:
        if _is_file(reference):
            files.append(reference)
        else:
            charts.append(reference)
    found: dict[Target, None] = {}
    for file in files:
        found |= dict.fromkeys(_targets(file, charts, values, configured))
    return tuple(found)


def _is_file(reference: str) -> bool:
    return Path(reference).is_file() and not reference.endswith((".tgz", ".tar.gz"))


def _targets(
    file: str, charts: Sequence[str], values: Target, configured: Sequence[Target]
) -> Iterator[Target]:
    """The charts named with the file; else the configured targets; else the chart around it."""
    if charts:
        for chart in charts:
            yield _with_file(file, chart, values)
        return
    readers = [target for target in configured if _is_read_by(target, file)]
    if readers:
        yield from readers
        return
    above = _chart_above(file)
    if above is None:
        raise UsageError(
            f"{file} is not in a chart: name its chart before it, make it a target in .helm-llm.yaml, or leave it out"
        )
    if not _is_part(file, above):
        yield _with_file(file, above, values)
        return
    # A template or the chart's values.yaml takes part in every scenario.
    yield replace(values, chart=above)
    for scenario in find_scenarios(above):
        yield _with_file(str(scenario), above, values)


def _with_file(file: str, chart: str, values: Target) -> Target:
    return replace(values, chart=chart, files=(*values.files, file))


def _is_read_by(target: Target, file: str) -> bool:
    path = Path(file).resolve()
    if any(Path(name).resolve() == path for name in target.files):
        return True
    return _is_part(file, target.chart)


def _chart_above(file: str) -> str | None:
    for directory in Path(file).resolve().parents:
        if (directory / "Chart.yaml").is_file():
            return os.path.relpath(directory)
    return None


def _is_part(file: str, chart: str) -> bool:
    """Whether the file is part of the chart itself, not a user's values in its directory."""
    path = Path(file).resolve()
    directory = Path(chart).resolve()
    if not path.is_relative_to(directory):
        return False
    top, *below = path.relative_to(directory).parts
    if top in _PARTS:
        return True
    return not below and path.suffix not in (".yaml", ".yml")


_PARTS = frozenset(
    {"Chart.yaml", "values.yaml", "templates", "crds", "charts", "files"}
)
