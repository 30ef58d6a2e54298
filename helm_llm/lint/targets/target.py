"""What is linted: a chart with the values files and options of one release."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from helm_llm import inputs
from helm_llm.errors import UsageError
from helm_llm.lint.targets.directories import directories_below, files_matching
from helm_llm.set_option import SetOption


@dataclass(frozen=True, slots=True)
class Target:
    """A chart with values files and --set options, both in order."""

    chart: str
    """A directory, an archive, or a reference to a repository or registry."""
    files: tuple[str, ...] = ()
    options: tuple[SetOption, ...] = ()
    release: str = ""
    arguments: tuple[str, ...] = ()
    """Further arguments of `helm template`."""
    version: str = ""
    """The version of a chart from a repository or registry."""
    archive: str = ""
    """The archive of such a chart, once it is pulled."""


def find_targets(
    charts: Sequence[str],
    files: Sequence[str],
    options: Sequence[SetOption],
    each: Sequence[str],
) -> tuple[Target, ...]:
    """The targets of a command line.

    A directory without a Chart.yaml means every chart below it; without values, each of
    them is linted with its defaults and with each of its ci scenarios. Without any chart,
    the current directory is searched.
    """
    if not charts and (files or options or each):
        raise UsageError(
            "values were given without a chart: `helm llm lint CHART -f values.yaml`"
        )
    values = Target("", tuple(files), tuple(options))
    found: list[Target] = []
    for chart in charts or ["."]:
        found += _expand(chart, values, with_scenarios=not each)
    if each:
        return tuple(_with_each(found, each))
    return tuple(found)


def _expand(
    reference: str, values: Target, *, with_scenarios: bool
) -> Iterator[Target]:
    path = Path(inputs.path(reference))
    if not path.is_dir() or (path / "Chart.yaml").exists():
        yield replace(values, chart=reference)
        return
    charts = [str(chart) for chart in _charts_below(path)]
    if not charts:
        where = f"in {path}"
        if path == Path():
            where = "here"
        raise UsageError(
            f"there is no chart {where} or below (no Chart.yaml): name a chart to lint"
        )
    for chart in charts:
        yield replace(values, chart=chart)
        # Values on the command line replace the scenarios.
        if not with_scenarios or values.files or values.options:
            continue
        for file in find_scenarios(chart):
            yield Target(chart, (str(file),))


def find_scenarios(chart: str) -> list[Path]:
    """The values files in the `ci` directory of a chart, as chart-testing finds them."""
    directory = Path(chart, "ci")
    try:
        # An archive has no such directory.
        files = sorted(directory.iterdir()) if directory.is_dir() else []
    except OSError as error:
        raise UsageError(f"cannot list {directory}: {error.strerror}") from None
    return [file for file in files if file.name.endswith("-values.yaml")]


def _with_each(found: Sequence[Target], patterns: Sequence[str]) -> Iterator[Target]:
    """The targets with each file that --each matches as the last values file."""
    for pattern in patterns:
        try:
            matches = files_matching(inputs.path(pattern))
        except RecursionError:
            raise UsageError(
                f"--each {pattern[:60]}...: the pattern has too many parts"
            ) from None
        if not matches:
            raise UsageError(f"--each {pattern} matches no file")
        for target in found:
            for file in matches:
                files = (*target.files, file)
                yield replace(target, files=files)


def _charts_below(top: Path) -> Iterator[Path]:
    """The charts below a directory, also those that a link leads to, each once.

    Other links are not followed.
    """
    found: set[str] = set()
    links: list[Path] = []
    for directory, names, files in directories_below(str(top)):
        if "Chart.yaml" in files:
            names.clear()
            found.add(os.path.realpath(directory))
            yield Path(directory)
        for name in names:
            path = Path(directory, name)
            if path.is_symlink():
                links.append(path)
    # Last, so that a chart has the name of its directory and not that of a link.
    for link in links:
        real = os.path.realpath(link)
        if real in found or not os.path.lexists(link / "Chart.yaml"):
            continue
        found.add(real)
        yield link
