"""A line of a file as a report shows it, and where its parts are then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from helm_llm.masking.registry import MASK
from helm_llm.masking.visible import visible_line

Span = tuple[int, int]

_BEFORE, _AFTER = 500, 2000
"""Characters of a long line that are kept around the place it is shown for."""


def excerpt(source: str, hidden: Sequence[Span], marked: Span) -> tuple[str, Span]:
    """The line with secrets masked and control characters visible, and where `marked` is in it.

    `hidden` is in order, without overlaps. All spans count characters from 0. A tab becomes a blank: both are as wide
    as the caret line below takes them to be.
    """
    length = len(source)
    start, end = (min(max(0, at), length) for at in marked)
    start, end = _covering(start, max(start, end), hidden)
    before = _shown(source, max(0, start - _BEFORE), start, hidden)
    inside = _shown(source, start, min(end, start + _AFTER), hidden)
    after = _shown(source, end, min(length, start + _AFTER), hidden)
    return before + inside + after, (len(before), len(before) + len(inside))


def _covering(start: int, end: int, hidden: Sequence[Span]) -> Span:
    """A mark that begins or ends inside of a secret covers all of it."""
    for first, last in overlapping(start, max(end, start + 1), hidden):
        start, end = min(start, first), max(end, last)
    return start, end


def _shown(source: str, start: int, end: int, hidden: Sequence[Span]) -> str:
    parts, at = [], start
    for first, last in overlapping(start, end, hidden):
        parts += [_visible(source[at : max(at, first)]), MASK]
        at = last
    return "".join([*parts, _visible(source[at : max(at, end)])])


def _visible(text: str) -> str:
    return visible_line(text.replace("\t", " "))


def overlapping(start: int, end: int, hidden: Sequence[Span]) -> Iterator[Span]:
    """Those of the spans, which are in order and apart, that share a character with this one."""
    at = max(0, bisect_right(hidden, (start, start)) - 1)
    while at < len(hidden) and hidden[at][0] < end:
        if hidden[at][1] > start:
            yield hidden[at]
        at += 1
