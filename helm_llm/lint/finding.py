"""A problem with its place: what reporters print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from helm_llm.keypath import KeyPath
from helm_llm.lint.fix import FileFix
from helm_llm.lint.rule import AnyRule

PlaceOrigin: TypeAlias = Literal["file", "default", "set", "manifest"]
"""A values file, the chart's values.yaml, an option such as --set, or a template."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value comes from; lines and columns are 1-based, the end column is exclusive.

    A place of origin `set` has no file, but an `option`. For `manifest`, the file is a
    template, of which line 1 represents the whole, and `object` is what it rendered.
    `source` is the text of the line without its first `cut` characters. Masks and escapes
    in it may have moved the value: `mark` is then its range of characters in `source`.
    """

    origin: PlaceOrigin
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
        """The range of `source` with the value, from 0; to its end for several lines."""
        if self.mark is not None:
            return self.mark
        start = self.column - 1 - self.cut
        end = length = len(self.source.rstrip("\r\n"))
        if self.end_line == self.line:
            end = min(self.end_column - 1 - self.cut, length)
        return start, max(start, end)

    def __str__(self) -> str:
        if self.object:
            return f"{self.file} ({self.object})"
        if self.file:
            return f"{self.file}:{self.line}:{self.column}"
        return f"{self.option}"


@dataclass(frozen=True, slots=True)
class RelatedPlace:
    """A second place, its values path, and a note about it."""

    place: Place
    path: KeyPath
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at one place."""

    rule: AnyRule
    place: Place
    path: KeyPath
    message: str
    help: str = ""
    related: tuple[RelatedPlace, ...] = ()
    chart: str = ""
    """The chart, as the user named it."""
    chart_place: Place | None = None
    """A place in the chart's values.yaml, for formats that only know places in files."""
    fixes: tuple[FileFix, ...] = ()
    """The edits that resolve the finding, all of them together."""
    is_rest: bool = False
    """The finding represents all further ones, which are not listed."""

    @property
    def fits_baseline(self) -> bool:
        """Whether a baseline may contain the finding."""
        return self.rule.suppressible and not self.is_rest

    @property
    def order(self) -> tuple[bool, str, int, int, str, str]:
        """Sort key: files first, by name and position, then options."""
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
        """The primary place, then the related ones."""
        return (self.place, *(related.place for related in self.related))

    @property
    def in_file(self) -> Place:
        """The first place in a file; if there is none, one in the chart's values.yaml."""
        for place in self.places:
            if place.file:
                return place
        return self.chart_place or self.place

    @property
    def full_message(self) -> str:
        """The message and, for formats that only know files, the option or object."""
        source = self.place.option or self.place.object
        return f"{self.message} ({source})" if source else self.message
