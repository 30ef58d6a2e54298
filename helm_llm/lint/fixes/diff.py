"""Edits of a text as `diff -u` prints them: what changed is known, so no two texts are compared."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from helm_llm.document.document import line_starts
from helm_llm.lint.fixes.edit import Edit, apply_edits

CONTEXT = 3


@dataclass(slots=True)
class History:
    """A text that is edited again and again, as pieces of the original and new ones between them."""

    original: str
    _pieces: list[tuple[int, int, str]] = field(default_factory=list)
    """From where to where in the original; a new piece is text at an empty range."""

    def __post_init__(self) -> None:
        self._pieces = [(0, len(self.original), "")]

    def edit(self, edits: Sequence[Edit]) -> None:
        """Edits of the text as it is now, in order and apart."""
        ends, end = [], 0
        for piece in self._pieces:
            end += _length(piece)
            ends.append(end)
        pieces, at = [], 0
        for edit in edits:
            pieces += [*self._slice(ends, at, edit.start), (0, 0, edit.text)]
            at = edit.end
        self._pieces = [*pieces, *self._slice(ends, at, end)]

    def _slice(
        self, ends: Sequence[int], start: int, end: int
    ) -> Iterator[tuple[int, int, str]]:
        index = bisect_right(ends, start)
        while start < end:
            first, last, text = self._pieces[index]
            begin = ends[index] - _length(self._pieces[index])
            low, high = start - begin, min(end, ends[index]) - begin
            yield (
                (0, 0, text[low:high])
                if text
                else (first + low, min(first + high, last), "")
            )
            start, index = ends[index], index + 1

    def edits(self) -> Iterator[Edit]:
        """All of it as edits of the original."""
        at, new = 0, ""
        for first, last, text in [
            *self._pieces,
            (len(self.original), len(self.original), ""),
        ]:
            if text or (first, last) == (0, 0):
                new += text
                continue
            if new or first > at:
                yield Edit(at, first, new)
            at, new = last, ""


def _length(piece: tuple[int, int, str]) -> int:
    first, last, text = piece
    return len(text) or last - first


Lines = Callable[[Sequence[tuple[int, int]]], Sequence[str]]
"""Ranges of lines, counted from 0, that are shown -> every line of the text, as it is shown."""


def unified(file: str, text: str, edits: Sequence[Edit], old: Lines, new: Lines) -> str:
    """The diff of a text and what the edits make of it; empty without any."""
    regions = _regions(text, edits)
    if not regions:
        return ""
    count, moved = _count(text, line_starts(text, [])), 0
    hunks: list[tuple[list[_Region], _Extent]] = []
    for hunk in _hunks(regions):
        first, last = (
            max(hunk[0].first - CONTEXT, 0),
            min(hunk[-1].last + CONTEXT, count),
        )
        added = sum(len(region.lines) - (region.last - region.first) for region in hunk)
        hunks.append((hunk, _Extent(first, last, moved, added)))
        moved += added
    before = old([(extent.first, extent.last) for _, extent in hunks])
    after = new([extent.after for _, extent in hunks])
    lines = [f"--- {file}", f"+++ {file}"]
    for hunk, extent in hunks:
        lines.append(
            f"@@ -{_range(extent.first, extent.last)} +{_range(*extent.after)} @@"
        )
        lines += _body(before, after, hunk, extent, ends_open=not text.endswith("\n"))
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Extent:
    """The lines of a hunk, how many lines came before it, and how many it adds."""

    first: int
    last: int
    moved: int
    added: int

    @property
    def after(self) -> tuple[int, int]:
        return self.first + self.moved, self.last + self.moved + self.added


@dataclass(frozen=True, slots=True)
class _Region:
    """Whole lines (counted from 0, the last exclusive) and what stands in their place."""

    first: int
    last: int
    lines: tuple[str, ...]
    is_open: bool
    """The new text ends the file without a line's end."""


def _regions(text: str, edits: Sequence[Edit]) -> list[_Region]:
    starts = line_starts(text, [])
    found: list[tuple[int, int, list[Edit]]] = []
    for edit in edits:
        start = starts[bisect_right(starts, edit.start) - 1]
        whole = (
            edit.start == start
            and not edit.text
            and edit.end in (starts[bisect_right(starts, edit.end) - 1], 0)
        )
        end = edit.end if whole else _line_end(text, edit.end)
        if found and start <= found[-1][1]:
            begin, before, same = found.pop()
            same.append(edit)
            found.append((begin, max(end, before), same))
        else:
            found.append((start, end, [edit]))
    return [_region(text, starts, *one) for one in found]


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _region(
    text: str, starts: Sequence[int], start: int, end: int, edits: Sequence[Edit]
) -> _Region:
    inside = [Edit(edit.start - start, edit.end - start, edit.text) for edit in edits]
    new = apply_edits(text[start:end], inside)
    first = bisect_right(starts, start) - 1
    last = bisect_right(starts, end) - 1 if end < len(text) else _count(text, starts)
    lines = tuple(new.removesuffix("\n").split("\n")) if new else ()
    return _Region(first, last, lines, is_open=bool(new) and not new.endswith("\n"))


def _count(text: str, starts: Sequence[int]) -> int:
    return len(starts) - (text.endswith("\n") or not text)


def _hunks(regions: Sequence[_Region]) -> Iterator[list[_Region]]:
    hunk: list[_Region] = []
    for region in regions:
        if hunk and region.first - hunk[-1].last > 2 * CONTEXT:
            yield hunk
            hunk = []
        hunk.append(region)
    yield hunk


def _body(
    old: Sequence[str],
    new: Sequence[str],
    hunk: Sequence[_Region],
    extent: _Extent,
    *,
    ends_open: bool,
) -> Iterator[str]:
    here, last, moved = extent.first, extent.last, extent.moved
    final = len(old) - 1
    for region in hunk:
        yield from _marked(" ", old[here : region.first])
        yield from _marked(
            "-",
            old[region.first : region.last],
            is_open=ends_open and region.last > final,
        )
        start = region.first + moved
        yield from _marked(
            "+", new[start : start + len(region.lines)], is_open=region.is_open
        )
        here, moved = (
            region.last,
            moved + len(region.lines) - (region.last - region.first),
        )
    yield from _marked(
        " ", old[here:last], is_open=ends_open and last > final and here < last
    )


def _marked(mark: str, lines: Sequence[str], *, is_open: bool = False) -> Iterator[str]:
    yield from (f"{mark}{line}" for line in lines)
    if is_open:
        yield "\\ No newline at end of file"


def _range(first: int, last: int) -> str:
    """As the format has it: a single line by its number, an empty range by the line before it."""
    count = last - first
    return f"{first + 1}" if count == 1 else f"{first + bool(count)},{count}"
