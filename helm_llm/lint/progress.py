"""A progress bar on standard error, for runs that take a while."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

MANY = 20
"""Fewer targets are linted before anyone could read the bar."""


def progress(items: Iterable[Item], length: int) -> Iterator[Item]:
    """The items, with a bar if there are many and standard error is a terminal."""
    if length < MANY or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield from items
        return
    from click import progressbar

    with progressbar(items, length=length, label="linting", file=sys.stderr) as bar:
        yield from bar
