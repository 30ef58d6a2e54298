"""Files named on the command line, as by pre-commit -> the targets they take part in."""

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
    """The targets of each file: `values`, which has no chart yet, with the file on top, unless one is configured."""
    charts = [one for one in references if not _is_file(one)]
    files = [one for one in references if _is_file(one)]
    return tuple(
        dict.fromkeys(
            target
            for file in files
            for target in _targets(file, charts, values, configured)
        )
    )


def _is_file(reference: str) -> bool:
    return Path(reference).is_file() and not reference.endswith((".tgz", ".tar.gz"))


def _targets(
    file: str, charts: Sequence[str], values: Target, configured: Sequence[Target]
) -> Iterator[Target]:
    """Of the charts named beside it, else the configured ones that read it, else of the chart it lies in."""
    if charts:
        yield from (_over(chart, values, file) for chart in charts)
    elif concerned := [target for target in configured if _concerns(file, target)]:
        yield from concerned
    elif chart := _chart_above(file):
        if _is_part(file, chart):
            yield from (
                replace(values, chart=chart),
                *(_over(chart, values, str(one)) for one in find_scenarios(chart)),
            )
        else:
            yield _over(chart, values, file)
    else:
        cures = "name its chart before it, make a target of it in .helm-llm.yaml, or leave it out"
        raise UsageError(f"{file} lies in no chart: {cures}")


def _over(chart: str, values: Target, file: str) -> Target:
    return replace(values, chart=chart, files=(*values.files, file))


def _concerns(file: str, target: Target) -> bool:
    path = Path(file).resolve()
    return path in (Path(one).resolve() for one in target.files) or _is_part(
        file, target.chart
    )


def _chart_above(file: str) -> str | None:
    above = (
        path for path in Path(file).resolve().parents if (path / "Chart.yaml").is_file()
    )
    return next((os.path.relpath(path) for path in above), None)


def _is_part(file: str, chart: str) -> bool:
    """Whether the chart itself consists of the file; an overlay that lies in its directory is a user's."""
    path, directory = Path(file).resolve(), Path(chart).resolve()
    if not path.is_relative_to(directory):
        return False
    top, *below = path.relative_to(directory).parts
    return (
        top in _PARTS
        if below
        else path.suffix not in (".yaml", ".yml") or top in _PARTS
    )


_PARTS = frozenset(
    {"Chart.yaml", "values.yaml", "templates", "crds", "charts", "files"}
)
