"""A bar on standard error for a run that takes a while."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

MANY = 20
"""Fewer targets than these are linted before one has read the bar."""


def progress(items: Iterable[Item], length: int) -> Iterator[Item]:
    """The items; on a terminal, if they are many, with a bar."""
    if length < MANY or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield from items
        return
    from click import progressbar

    with progressbar(items, length=length, label="linting", file=sys.stderr) as bar:
        yield from bar
