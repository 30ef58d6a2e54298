"""What is linted: a chart with the values files and options of one release."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from helm_llm import inputs
from helm_llm.errors import UsageError
from helm_llm.lint.targets.directories import directories_below, files_matching
from helm_llm.set_option import Option


@dataclass(frozen=True, slots=True)
class Target:
    """A chart reference, values files in order, and --set options; what the configuration says about rendering it."""

    chart: str
    files: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    release: str = ""
    arguments: tuple[str, ...] = ()
    version: str = ""
    """Of a chart from a repository or registry."""
    archive: str = ""
    """Where the chart lies, if it was pulled from one."""


def find_targets(
    charts: Sequence[str],
    files: Sequence[str],
    options: Sequence[Option],
    each: Sequence[str],
) -> tuple[Target, ...]:
    """The targets of a command line.

    A directory that is no chart stands for every chart below it; without values each chart found so is linted with its
    defaults and with each of its ci scenarios. No chart at all is the current directory.
    """
    if not charts and (files or options or each):
        raise UsageError(
            "values were given without a chart: `helm llm lint CHART -f values.yaml`"
        )
    values = Target("", tuple(files), tuple(options))
    given = [
        target
        for chart in charts or ["."]
        for target in _expanded(chart, values, scenarios=not each)
    ]
    return tuple(_each(given, each)) if each else tuple(given)


def _expanded(reference: str, values: Target, *, scenarios: bool) -> Iterator[Target]:
    path = Path(inputs.path(reference))
    if not path.is_dir() or (path / "Chart.yaml").exists():
        yield replace(values, chart=reference)
        return
    charts = [str(chart) for chart in _charts_below(path)]
    if not charts:
        raise UsageError(
            f"{_named(path)} and below there is no chart (no Chart.yaml): name one to lint"
        )
    for chart in charts:
        yield replace(values, chart=chart)
        if scenarios and not (values.files or values.options):
            yield from (Target(chart, (str(file),)) for file in find_scenarios(chart))


def find_scenarios(chart: str) -> list[Path]:
    """The values files of a chart's own scenarios, as chart-testing finds them; an archive ships none."""
    directory = Path(chart, "ci")
    try:
        files = sorted(directory.iterdir()) if directory.is_dir() else []
    except OSError as error:
        raise UsageError(f"cannot list {directory}: {error.strerror}") from None
    return [file for file in files if file.name.endswith("-values.yaml")]


def _named(path: Path) -> str:
    return "here" if path == Path() else f"in {path}"


def _each(given: Sequence[Target], patterns: Sequence[str]) -> Iterator[Target]:
    for pattern in patterns:
        try:
            matches = files_matching(inputs.path(pattern))
        except RecursionError:
            raise UsageError(
                f"--each {pattern[:60]}...: the pattern has too many parts"
            ) from None
        if not matches:
            raise UsageError(f"--each {pattern} matches no file")
        for target in given:
            yield from (
                replace(target, files=(*target.files, file)) for file in matches
            )


def _charts_below(top: Path) -> Iterator[Path]:
    """Charts that links lead to too, unless they are below as well; links are not followed any further."""
    found: set[str] = set()
    linked: list[Path] = []
    for directory, names, files in directories_below(str(top)):
        if "Chart.yaml" in files:
            names.clear()
            found.add(os.path.realpath(directory))
            yield Path(directory)
        linked += [
            link for name in names if (link := Path(directory, name)).is_symlink()
        ]
    for link in linked:
        real = os.path.realpath(link)
        if os.path.lexists(link / "Chart.yaml") and real not in found:
            found.add(real)
            yield link
