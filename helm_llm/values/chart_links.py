"""Links in a chart's directory. Helm follows each of them: out of the repository, and in a circle."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeAlias

from helm_llm import inputs
from helm_llm.checkout import not_linked_outside
from helm_llm.errors import ChartError, UsageError

MAX_LINKED_DIRECTORIES = 10_000
"""Directories that Helm reaches through links, counted as often as it reaches them."""

_Id: TypeAlias = "tuple[int, int]"
Rule = Callable[[str], bool]


def refuse_bad_links(chart: str) -> None:
    """ChartError when a link leads back up, or when links multiply; UsageError when one leads out of the repository.

    No error for what is not a directory.
    """
    if not Path(chart).is_dir():
        return
    ignored = _ignored(chart)
    top = os.stat(chart)  # noqa: PTH116 - this runs before every lint
    todo: list[tuple[str, str, tuple[_Id, ...], bool]] = [
        (chart, "", (_id(top),), False)
    ]
    checked: set[_Id] = set()
    linked = 0
    while todo:
        directory, inner, above, through_link = todo.pop()
        for entry in _entries(directory):
            name = f"{inner}{entry.name}"
            if ignored(name):
                continue
            link = _id(entry.stat(follow_symlinks=False))
            if entry.is_symlink() and link not in checked:
                not_linked_outside(entry.path)
                checked.add(link)
            if not entry.is_dir():
                continue
            here = _id(entry.stat())
            if here in above:
                raise ChartError(
                    f"{entry.path} leads back up to {os.path.realpath(entry.path)}: remove this link"
                )
            by_link = through_link or entry.is_symlink()
            linked += by_link
            if linked > MAX_LINKED_DIRECTORIES:
                raise ChartError(
                    f"{chart} holds more than {MAX_LINKED_DIRECTORIES:,} directories behind links, as {entry.path}"
                )
            todo.append((entry.path, f"{name}/", (*above, here), by_link))


def _id(status: os.stat_result) -> _Id:
    return status.st_dev, status.st_ino


def _entries(directory: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            yield from entries
    except OSError as error:
        raise ChartError(f"cannot list {directory}: {error.strerror}") from None


def _ignored(chart: str) -> Callable[[str], bool]:
    """Whether Helm leaves a directory out, by its path in the chart: the rules of .helmignore as Helm reads them."""
    file = os.path.join(chart, ".helmignore")  # noqa: PTH118 - as above
    if not os.path.exists(file):  # noqa: PTH110 - as above
        return lambda _: False
    try:
        text = inputs.read_file(file, "the chart file").decode("utf-8", "replace")
    except UsageError as error:
        raise ChartError(str(error)) from None
    lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
    rules = [_rule(line) for line in lines if line and not line.startswith("#")]
    return lambda name: any(rule(name) for rule in rules)


def _rule(line: str) -> Rule:
    if line.startswith("!"):  # Helm leaves out whatever such a line does not match
        inner = _rule(line[1:])
        return lambda name: not inner(name)
    pattern = line.removesuffix("/").replace("[^", "[!")
    if "/" not in pattern:
        return lambda name: fnmatchcase(name.rpartition("/")[2], pattern)
    parts = pattern.removeprefix("/").split("/")
    return lambda name: _fit(name.split("/"), parts)


def _fit(names: list[str], patterns: list[str]) -> bool:
    return len(names) == len(patterns) and all(map(fnmatchcase, names, patterns))
