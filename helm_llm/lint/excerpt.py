"""A line of a file as a report shows it, and where its parts are then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helm_llm.masking.registry import MASK, joined
from helm_llm.masking.visible import escape

Span = tuple[int, int]


def excerpt(source: str, hidden: Iterable[Span], marked: Span) -> tuple[str, Span]:
    """The line with secrets masked and control characters visible, and where `marked` is in it.

    All spans count characters from 0. A tab becomes a blank: both are as wide as the caret line below takes them to be.
    """
    shown: list[str] = []
    offsets: list[int] = []
    width = 0
    spans = joined(hidden)
    for at, char in enumerate(source):
        text = _shown(char, at, spans)
        offsets.append(width)
        if text:
            shown.append(text)
            width += len(text)
    offsets.append(width)
    start, end = (offsets[min(max(0, column), len(source))] for column in marked)
    return "".join(shown), _not_empty(start, end, spans, marked)


def _shown(char: str, at: int, spans: Sequence[Span]) -> str:
    for start, end in spans:
        if start <= at < end:
            return MASK if at == start else ""
    return " " if char == "\t" else escape(char)


def _not_empty(start: int, end: int, spans: Sequence[Span], marked: Span) -> Span:
    """A mark inside of a secret covers all of the mask."""
    inside = any(first <= marked[0] and marked[1] <= last for first, last in spans)
    return (start, start + len(MASK)) if inside and start == end else (start, end)
