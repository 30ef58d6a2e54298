"""Directories below a directory, and the files that a pattern matches.

Each directory is visited once, even if several links lead to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import NoReturn

from helm_llm.errors import UsageError

MAX_DIRECTORIES = 100_000
"""Directories, or matches of one pattern, after which a search is given up."""


def directories_below(
    top: str, *, follow: bool = False
) -> Iterator[tuple[str, list[str], list[str]]]:
    """The tuples of os.walk, without names that begin with a dot.

    Links are followed last, and never to a directory that was visited. To go no deeper,
    clear the list of names. UsageError if a directory cannot be listed, or if there are
    too many.
    """
    tops = [top]
    seen = set()
    for start in tops:
        for directory, names, files in os.walk(start, onerror=_refuse_unlisted):
            status = Path(directory).stat()
            identity = status.st_dev, status.st_ino
            if identity in seen:
                names.clear()
                continue
            seen.add(identity)
            _check_count(len(seen), f"directories below {top}")
            # os.walk visits what is left in this very list.
            names[:] = sorted(name for name in names if not name.startswith("."))
            yield directory, names, files
            if not follow:
                continue
            for name in names:
                path = os.path.join(directory, name)  # noqa: PTH118 - there may be a million
                if os.path.islink(path):  # noqa: PTH114
                    tops.append(path)


def files_matching(pattern: str) -> list[str]:
    """The files that a shell pattern matches, sorted; `**` is any number of directories."""
    steps = count(1)
    found = set(_matches(pattern, steps))
    # A broken link is included: reading it reports what is wrong.
    files = [name for name in found if not Path(name).is_dir()]
    return sorted(files)


def _matches(pattern: str, steps: Iterator[int]) -> Iterator[str]:
    # Few runs have a pattern, and glob takes as long to import as the values to read.
    from glob import escape, iglob

    head, tail = _split_at_stars(pattern)
    what = "files and directories that a pattern matches"
    if tail is None:
        for name in iglob(pattern):
            _check_count(next(steps), what)
            yield name
        return
    bases: Iterable[str] = [""]
    if head:
        bases = filter(os.path.isdir, iglob(head))
    for base in bases:
        for directory, _, _ in directories_below(base or ".", follow=True):
            _check_count(next(steps), what)
            inside = directory
            # The names that a relative pattern matches do not begin with `./`.
            if not base:
                inside = directory.removeprefix(".").lstrip(os.sep)
            # The tail may have a `**`, too.
            pattern_inside = os.path.join(escape(inside), tail)  # noqa: PTH118
            yield from _matches(pattern_inside, steps)


def _split_at_stars(pattern: str) -> tuple[str, str | None]:
    """The pattern before and after the first part `**`; None after it without such a part."""
    parts = pattern.replace(os.sep, "/").split("/")
    if "**" not in parts:
        return pattern, None
    at = parts.index("**")
    head = "/".join(parts[:at])
    if at and not head:
        head = "/"
    rest = parts[at + 1 :]
    # `**/**` matches the same as `**`.
    while rest and rest[0] == "**":
        del rest[0]
    tail = "/".join(rest or "*")
    return head, tail


def _check_count(number: int, what: str) -> None:
    if number > MAX_DIRECTORIES:
        raise UsageError(
            f"there are more than {MAX_DIRECTORIES:,} {what}: name a smaller part"
        )


def _refuse_unlisted(error: OSError) -> NoReturn:
    raise UsageError(f"cannot list {error.filename}: {error.strerror}")
