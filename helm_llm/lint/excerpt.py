"""A line of a file as a report shows it, and the positions of its parts afterwards."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from helm_llm.masking.registry import MASK
from helm_llm.masking.visible import escape_controls_in_line

Span = tuple[int, int]
"""The first character and the one after the last, counted from 0."""

_BEFORE, _AFTER = 500, 2000
"""Characters of a long line that are kept before and after the beginning of the mark."""


def excerpt(source: str, secrets: Sequence[Span], marked: Span) -> tuple[str, Span]:
    """The line with secrets masked and control characters visible, and where `marked` is in it.

    `secrets` is in order, without overlaps.
    """
    length = len(source)
    start, end = (min(max(0, at), length) for at in marked)
    start, end = _cover_secrets(start, max(start, end), secrets)
    first = max(0, start - _BEFORE)
    last = min(length, start + _AFTER)
    before = _masked(source, first, start, secrets)
    inside = _masked(source, start, min(end, last), secrets)
    after = _masked(source, end, last, secrets)
    return before + inside + after, (len(before), len(before) + len(inside))


def _cover_secrets(start: int, end: int, secrets: Sequence[Span]) -> Span:
    """The range, extended to all of each secret in which it begins or ends."""
    for first, last in overlapping(start, max(end, start + 1), secrets):
        start, end = min(start, first), max(end, last)
    return start, end


def _masked(source: str, start: int, end: int, secrets: Sequence[Span]) -> str:
    parts = []
    at = start
    for first, last in overlapping(start, end, secrets):
        parts += [_visible(source[at : max(at, first)]), MASK]
        at = last
    parts.append(_visible(source[at : max(at, end)]))
    return "".join(parts)


def _visible(text: str) -> str:
    # The line of carets below takes a tab to be as wide as a blank.
    return escape_controls_in_line(text.replace("\t", " "))


def overlapping(start: int, end: int, spans: Sequence[Span]) -> Iterator[Span]:
    """The spans that share a character with the range; they are in order, without overlaps."""
    at = max(0, bisect_right(spans, (start, start)) - 1)
    while at < len(spans) and spans[at][0] < end:
        if spans[at][1] > start:
            yield spans[at]
        at += 1
