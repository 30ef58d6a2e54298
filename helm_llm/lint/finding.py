"""A problem with its place: what reporters print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helm_llm.keypath import KeyPath
from helm_llm.lint.fix import FileFix
from helm_llm.lint.rule import Rule


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value comes from; lines and columns are 1-based, the end column is exclusive.

    `origin` is `file`, `default` (the chart's values.yaml), `set` or `manifest`. For `set` there is no file and
    `option` holds the argument; for `manifest` the file is a template, its first line stands for all of it, and
    `object` is what it rendered. `source` is the text of the line without its first `cut` characters; where masks and
    escapes in it have moved the value, `mark` says from which to which of its characters the value is.
    """

    origin: str
    file: str | None = None
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    option: str | None = None
    source: str = ""
    object: str = ""
    cut: int = 0
    mark: tuple[int, int] | None = None

    @property
    def marked(self) -> tuple[int, int]:
        """From which to which character of `source` the value is, counted from 0: to its end if it has more lines."""
        if self.mark is not None:
            return self.mark
        length, start = len(self.source.rstrip("\r\n")), self.column - 1 - self.cut
        end = self.end_column - 1 - self.cut if self.end_line == self.line else length
        return start, max(start, min(end, length))

    def __str__(self) -> str:
        if self.object:
            return f"{self.file} ({self.object})"
        return (
            f"{self.file}:{self.line}:{self.column}" if self.file else f"{self.option}"
        )


@dataclass(frozen=True, slots=True)
class RelatedPlace:
    """A second place, the path that lies there and what it says."""

    place: Place
    path: KeyPath
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at one place.

    `chart` is the chart it was found in, as the user named it. `chart_place` is a place in the chart's values.yaml, for
    readers who know places in files only. `fixes` are the edits that cure it, all of them together.
    """

    rule: Rule[Any]
    place: Place
    path: KeyPath
    message: str
    help: str = ""
    related: tuple[RelatedPlace, ...] = ()
    chart: str = ""
    chart_place: Place | None = None
    fixes: tuple[FileFix, ...] = ()
    is_rest: bool = False
    """It stands for findings that are not listed."""

    @property
    def fits_baseline(self) -> bool:
        """Whether a baseline may hold it."""
        return not self.is_rest and self.rule.suppressible

    @property
    def order(self) -> tuple[bool, str, int, int, str, str]:
        """Files first, by name and position; then what options supplied."""
        place = self.place
        return (
            place.file is None,
            place.file or place.option or "",
            place.line,
            place.column,
            self.rule.id,
            self.message,
        )

    @property
    def places(self) -> tuple[Place, ...]:
        """The primary place and the related ones."""
        return (self.place, *(related.place for related in self.related))

    @property
    def in_file(self) -> Place:
        """The primary place, or for what an option supplied the first related place in a file, else the chart's."""
        return next(
            (place for place in self.places if place.file),
            self.chart_place or self.place,
        )

    @property
    def full_message(self) -> str:
        """The message and, for readers who see a place in a file only, the option or the object that it is about."""
        source = self.place.option or self.place.object
        return f"{self.message} ({source})" if source else self.message
