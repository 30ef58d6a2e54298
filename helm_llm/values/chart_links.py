"""Links in a chart's directory.

Helm follows each of them, even out of the repository and in circles.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple, TypeAlias

from helm_llm import inputs
from helm_llm.checkout import not_linked_outside
from helm_llm.errors import ChartError, UsageError

MAX_LINKED_DIRECTORIES = 10_000
"""Directories that Helm reaches through links, counted each time it reaches them."""

_FileId: TypeAlias = "tuple[int, int]"
Rule: TypeAlias = "Callable[[str], bool]"


class _Directory(NamedTuple):
    """A directory to visit: `inner` is its path in the chart, `above` its parents."""

    path: str
    inner: str
    above: tuple[_FileId, ...]
    through_link: bool


def refuse_bad_links(chart: str) -> None:
    """ChartError if a link leads back up or links multiply.

    UsageError if a link leads out of the repository. Archives and missing directories
    pass.
    """
    if not Path(chart).is_dir():
        return
    is_ignored = _read_helmignore(chart)
    top = _file_id(os.stat(chart))  # noqa: PTH116 - this runs before every lint
    pending = [_Directory(chart, "", (top,), through_link=False)]
    checked: set[_FileId] = set()
    linked = 0
    while pending:
        directory = pending.pop()
        for entry in _scan_directory(directory.path):
            name = directory.inner + entry.name
            if is_ignored(name):
                continue
            _check_target(entry, checked)
            if not entry.is_dir():
                continue
            child = _enter_directory(directory, entry, name)
            linked += child.through_link
            if linked > MAX_LINKED_DIRECTORIES:
                raise ChartError(
                    f"{chart} contains more than {MAX_LINKED_DIRECTORIES:,} "
                    f"directories behind links, such as {entry.path}"
                )
            pending.append(child)


def _check_target(entry: os.DirEntry[str], checked: set[_FileId]) -> None:
    if not entry.is_symlink():
        return
    # Other links may lead to this one by many paths, so check it once.
    link = _file_id(entry.stat(follow_symlinks=False))
    if link not in checked:
        not_linked_outside(entry.path)
        checked.add(link)


def _enter_directory(
    parent: _Directory, entry: os.DirEntry[str], name: str
) -> _Directory:
    here = _file_id(entry.stat())
    if here in parent.above:
        target = os.path.realpath(entry.path)
        raise ChartError(f"{entry.path} leads back up to {target}: remove this link")
    through_link = parent.through_link or entry.is_symlink()
    return _Directory(entry.path, f"{name}/", (*parent.above, here), through_link)


def _file_id(status: os.stat_result) -> _FileId:
    return status.st_dev, status.st_ino


def _scan_directory(directory: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            yield from entries
    except OSError as error:
        raise ChartError(f"cannot list {directory}: {error.strerror}") from None


def _read_helmignore(chart: str) -> Rule:
    """Whether Helm ignores a file, by its path in the chart: .helmignore as Helm reads it."""
    file = os.path.join(chart, ".helmignore")  # noqa: PTH118 - as above
    if not os.path.exists(file):  # noqa: PTH110 - as above
        return lambda _: False
    try:
        data = inputs.read_file(file, "the chart file")
    except UsageError as error:
        raise ChartError(str(error)) from None
    rules: list[Rule] = []
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    for line in map(str.strip, text.splitlines()):
        if not line or line.startswith("#"):
            continue
        rule = _parse_rule(line)
        rules.append(rule)
    return lambda name: any(rule(name) for rule in rules)


def _parse_rule(line: str) -> Rule:
    if line.startswith("!"):
        # Unlike git, Helm ignores everything that such a line does not match.
        inner = _parse_rule(line[1:])
        return lambda name: not inner(name)
    pattern = line.removesuffix("/").replace("[^", "[!")
    if "/" not in pattern:
        return lambda name: fnmatchcase(name.rpartition("/")[2], pattern)
    parts = pattern.removeprefix("/").split("/")
    return lambda name: _matches(name.split("/"), parts)


def _matches(names: list[str], patterns: list[str]) -> bool:
    if len(names) != len(patterns):
        return False
    return all(map(fnmatchcase, names, patterns))
