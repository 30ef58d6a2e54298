"""A text and all edits of it, also those of an already edited text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from helm_llm.lint.fixes.edit import Edit


@dataclass(frozen=True, slots=True)
class _Piece:
    """A range of the original, or new text."""

    start: int
    end: int
    text: str = ""
    is_new: bool = False

    @property
    def length(self) -> int:
        if self.is_new:
            return len(self.text)
        return self.end - self.start

    def cut(self, low: int, high: int) -> _Piece:
        """The part from one of its characters to another."""
        if self.is_new:
            text = self.text[low:high]
            return _new(text)
        start = self.start + low
        end = self.start + high
        return _Piece(start, end)


def _new(text: str) -> _Piece:
    return _Piece(0, 0, text, is_new=True)


@dataclass(slots=True)
class History:
    """A text that is edited several times, as pieces of the original with new text between."""

    original: str
    _pieces: list[_Piece] = field(default_factory=list)

    def __post_init__(self) -> None:
        whole = _Piece(0, len(self.original))
        self._pieces = [whole]

    def edit(self, edits: Sequence[Edit]) -> None:
        """Add edits of the current text, which are in order and do not overlap."""
        pieces: list[_Piece] = []
        ends = []
        at = 0
        end = 0
        for piece in self._pieces:
            end += piece.length
            ends.append(end)
        for edit in edits:
            pieces += self._cut(ends, at, edit.start)
            new = _new(edit.text)
            pieces.append(new)
            at = edit.end
        pieces += self._cut(ends, at, end)
        self._pieces = pieces

    def _cut(self, ends: Sequence[int], start: int, end: int) -> Iterator[_Piece]:
        """The pieces of a range of the current text; `ends` has the end of each piece."""
        index = bisect_right(ends, start)
        while start < end:
            piece = self._pieces[index]
            piece_end = ends[index]
            first = piece_end - piece.length
            last = min(end, piece_end)
            yield piece.cut(start - first, last - first)
            start = piece_end
            index += 1

    def edits(self) -> Iterator[Edit]:
        """All edits together, as edits of the original."""
        at = 0
        new = ""
        length = len(self.original)
        # The empty piece at the end makes an edit of what was changed there.
        last = _Piece(length, length)
        for piece in [*self._pieces, last]:
            if piece.is_new:
                new += piece.text
                continue
            if new or piece.start > at:
                yield Edit(at, piece.start, new)
            at = piece.end
            new = ""
