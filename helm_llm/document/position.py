"""Offsets of a text -> lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple


class Span(NamedTuple):
    """Lines and columns from 1. Columns count code points; the end column is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


def line_starts(text: str, lines: list[int]) -> list[int]:
    """`lines`, filled at the first call with the offset at which each line starts."""
    if not lines:
        lines.append(0)
        lines.extend(match.end() for match in re.finditer("\n", text))
    return lines


def span_of(text: str, start: int, end: int, lines: list[int]) -> Span:
    """The span between two offsets; `lines` is a cache for `line_starts`."""
    line_starts(text, lines)
    line = bisect_right(lines, start)
    end_line = bisect_right(lines, end)
    return Span(
        line=line,
        column=start - lines[line - 1] + 1,
        end_line=end_line,
        end_column=end - lines[end_line - 1] + 1,
    )
