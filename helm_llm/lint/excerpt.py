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
    start, end = marked
    # The mark may reach beyond the part of the line that `source` holds.
    start = min(max(0, start), length)
    end = min(max(start, end), length)
    start, end = _cover_secrets(start, end, secrets)
    first = max(0, start - _BEFORE)
    last = min(length, start + _AFTER)
    inside_end = min(end, last)
    before = _masked(source, first, start, secrets)
    inside = _masked(source, start, inside_end, secrets)
    after = _masked(source, end, last, secrets)
    # Masks have another length than the secrets, so the mark moves.
    mark_start = len(before)
    mark_end = mark_start + len(inside)
    return before + inside + after, (mark_start, mark_end)


def _cover_secrets(start: int, end: int, secrets: Sequence[Span]) -> Span:
    """The range, extended to all of each secret in which it begins or ends."""
    # An empty mark points at the character after it.
    end_of_search = max(end, start + 1)
    for first, last in overlapping(start, end_of_search, secrets):
        start = min(start, first)
        end = max(end, last)
    return start, end


def _masked(source: str, start: int, end: int, secrets: Sequence[Span]) -> str:
    parts = []
    at = start
    for first, last in overlapping(start, end, secrets):
        # A secret that begins before the line has a negative position, which a slice
        # would count from the end.
        between = source[at : max(at, first)]
        parts.append(_visible(between))
        parts.append(MASK)
        at = last
    rest = source[at:end]
    parts.append(_visible(rest))
    return "".join(parts)


def _visible(text: str) -> str:
    # The line of carets below takes a tab to be as wide as a blank.
    return escape_controls_in_line(text.replace("\t", " "))


def overlapping(start: int, end: int, spans: Sequence[Span]) -> Iterator[Span]:
    """The spans that share a character with the range; they are in order, without overlaps."""
    # The span before this position may reach into the range.
    at = bisect_right(spans, (start, start)) - 1
    for index in range(max(0, at), len(spans)):
        span = spans[index]
        first, last = span
        if first >= end:
            return
        if last > start:
            yield span
