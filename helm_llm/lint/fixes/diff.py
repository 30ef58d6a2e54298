"""Edits of a text as `diff -u` prints them.

What changed is known already, so no texts are compared.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from helm_llm.document.position import line_starts
from helm_llm.lint.fixes.edit import Edit, apply_edits

CONTEXT = 3
"""Lines around a change."""

LineRange = tuple[int, int]
"""The first line and the one after the last, counted from 0."""

Lines = Callable[[Sequence[LineRange]], Sequence[str]]
"""All lines of a text, those in the ranges as they are shown."""


def unified(file: str, text: str, edits: Sequence[Edit], old: Lines, new: Lines) -> str:
    """The diff of a text and its edits; empty without edits."""
    regions = _regions(text, edits)
    if not regions:
        return ""
    line_count = _count_lines(text, line_starts(text, []))
    hunks = list(_hunks(regions, line_count))
    before = old([hunk.before for hunk in hunks])
    after = new([hunk.after for hunk in hunks])
    is_open = not text.endswith("\n")
    lines = [f"--- {file}", f"+++ {file}"]
    for hunk in hunks:
        removed = _range(hunk.before)
        added = _range(hunk.after)
        lines.append(f"@@ -{removed} +{added} @@")
        lines += hunk.body(before, after, is_open=is_open)
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Region:
    """Whole lines (from `first` to before `last`) and the lines that replace them."""

    first: int
    last: int
    lines: tuple[str, ...]
    is_open: bool
    """The new lines end the file without a line break."""

    @property
    def added(self) -> int:
        removed = self.last - self.first
        return len(self.lines) - removed


def _regions(text: str, edits: Sequence[Edit]) -> list[_Region]:
    """The edits as changes of whole lines; edits on the same line are one change."""
    starts = line_starts(text, [])
    found: list[tuple[int, int, list[Edit]]] = []
    for edit in edits:
        start = _line_start(starts, edit.start)
        end = edit.end
        if not _removes_whole_lines(edit, starts):
            end = _line_end(text, edit.end)
        same: list[Edit] = []
        # Not only if they overlap: neighbouring lines are one change in a diff.
        if found and start <= found[-1][1]:
            start, last, same = found.pop()
            end = max(end, last)
        same.append(edit)
        found.append((start, end, same))
    return [_region(text, starts, *one) for one in found]


def _removes_whole_lines(edit: Edit, starts: Sequence[int]) -> bool:
    if edit.text:
        return False
    if edit.start != _line_start(starts, edit.start):
        return False
    return edit.end == _line_start(starts, edit.end)


def _line_start(starts: Sequence[int], at: int) -> int:
    line = bisect_right(starts, at)
    return starts[line - 1]


def _line_end(text: str, at: int) -> int:
    line_break = text.find("\n", at)
    if line_break < 0:
        return len(text)
    return line_break + 1


def _region(
    text: str, starts: Sequence[int], start: int, end: int, edits: Sequence[Edit]
) -> _Region:
    inside = []
    for edit in edits:
        moved = Edit(edit.start - start, edit.end - start, edit.text)
        inside.append(moved)
    old = text[start:end]
    new = apply_edits(old, inside)
    first = bisect_right(starts, start) - 1
    last = _count_lines(text, starts)
    if end < len(text):
        last = bisect_right(starts, end) - 1
    if not new:
        return _Region(first, last, (), is_open=False)
    is_open = not new.endswith("\n")
    lines = new.removesuffix("\n").split("\n")
    return _Region(first, last, tuple(lines), is_open)


def _count_lines(text: str, starts: Sequence[int]) -> int:
    # A line break ends a line; it does not begin another one.
    if not text or text.endswith("\n"):
        return len(starts) - 1
    return len(starts)


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Changes that are close to each other, and the lines around them."""

    regions: Sequence[_Region]
    before: LineRange
    after: LineRange

    def body(
        self, old: Sequence[str], new: Sequence[str], *, is_open: bool
    ) -> Iterator[str]:
        """The lines of the hunk; `is_open` if the old text ends without a line break."""
        at, last = self.before
        # How many lines further down the new text has a line of the old one.
        moved = self.after[0] - at
        end = len(old)
        for region in self.regions:
            yield from _marked(" ", old[at : region.first])
            removed = old[region.first : region.last]
            has_last_line = region.last >= end
            yield from _marked("-", removed, is_open=is_open and has_last_line)
            start = region.first + moved
            added = new[start : start + len(region.lines)]
            yield from _marked("+", added, is_open=region.is_open)
            at = region.last
            moved += region.added
        unchanged = old[at:last]
        has_last_line = last >= end and bool(unchanged)
        yield from _marked(" ", unchanged, is_open=is_open and has_last_line)


def _hunks(regions: Sequence[_Region], line_count: int) -> Iterator[_Hunk]:
    moved = 0
    for group in _groups(regions):
        first = max(group[0].first - CONTEXT, 0)
        last = min(group[-1].last + CONTEXT, line_count)
        before = (first, last)
        new_first = first + moved
        moved += sum(region.added for region in group)
        after = (new_first, last + moved)
        yield _Hunk(group, before, after)


def _groups(regions: Sequence[_Region]) -> Iterator[list[_Region]]:
    group: list[_Region] = []
    for region in regions:
        if group:
            between = region.first - group[-1].last
            # Up to here, the lines around both changes touch or overlap.
            if between > 2 * CONTEXT:
                yield group
                group = []
        group.append(region)
    yield group


def _marked(mark: str, lines: Sequence[str], *, is_open: bool = False) -> Iterator[str]:
    for line in lines:
        yield mark + line
    if is_open:
        yield "\\ No newline at end of file"


def _range(lines: LineRange) -> str:
    """A single line by its number, an empty range by the line before it."""
    first, last = lines
    count = last - first
    if count == 0:
        return f"{first},0"
    number = first + 1
    if count == 1:
        return f"{number}"
    return f"{number},{count}"
