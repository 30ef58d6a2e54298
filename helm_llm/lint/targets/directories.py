"""Directories below a directory, and the files that a pattern matches: each directory once, whatever the links."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NoReturn

from helm_llm.errors import UsageError

MAX_DIRECTORIES = 100_000
"""Directories, or matches of one pattern, after which a walk is given up."""


def directories_below(
    top: str, *, follow: bool = False
) -> Iterator[tuple[str, list[str], list[str]]]:
    """As os.walk, without what begins with a dot; links are followed last, and never to a directory that was seen.

    Clear the list of names to go no deeper. UsageError where a directory cannot be listed, or when there are too many.
    """
    tops, seen = [top], set()
    for start in tops:
        for directory, names, files in os.walk(start, onerror=_unlisted):
            status = Path(directory).stat()
            here = status.st_dev, status.st_ino
            if here in seen:
                names.clear()
                continue
            seen.add(here)
            _count(len(seen), f"directories below {top}")
            names[:] = sorted(name for name in names if not name.startswith("."))
            yield directory, names, files
            if follow:
                below = (os.path.join(directory, name) for name in names)  # noqa: PTH118 - a million of them
                tops += [path for path in below if os.path.islink(path)]  # noqa: PTH114


def files_matching(pattern: str) -> list[str]:
    """The files that a shell pattern matches, in order; `**` is any number of directories."""
    found = set(_matches(pattern, count(1)))
    # A link that leads nowhere is kept: whoever reads it says so.
    return sorted(name for name in found if not Path(name).is_dir())


def _matches(pattern: str, steps: Iterator[int]) -> Iterator[str]:
    from glob import (
        escape,
        iglob,
    )  # few calls need it, and it costs as much as reading the values

    head, tail = _at_stars(pattern)
    if tail is None:
        for name in iglob(pattern):
            _count(next(steps), "files and directories that a pattern matches")
            yield name
        return
    for base in filter(os.path.isdir, iglob(head)) if head else [""]:
        for directory, _, _ in directories_below(base or ".", follow=True):
            _count(next(steps), "files and directories that a pattern matches")
            inside = directory if base else directory.removeprefix(".").lstrip(os.sep)
            yield from _matches(os.path.join(escape(inside), tail), steps)  # noqa: PTH118


def _at_stars(pattern: str) -> tuple[str, str | None]:
    """What is before the first part `**`, and what is after it; None where there is no such part."""
    parts = pattern.replace(os.sep, "/").split("/")
    if "**" not in parts:
        return pattern, None
    at = parts.index("**")
    head = "/".join(parts[:at]) or ("/" if at else "")
    while parts[at + 1 : at + 2] == ["**"]:  # which matches the same again
        del parts[at + 1]
    return head, "/".join(parts[at + 1 :] or "*")


def _count(number: int, what: str) -> None:
    if number > MAX_DIRECTORIES:
        raise UsageError(
            f"there are more than {MAX_DIRECTORIES:,} {what}: name a smaller part"
        )


def _unlisted(error: OSError) -> NoReturn:
    raise UsageError(f"cannot list {error.filename}: {error.strerror}")
