"""Suppression comments: `# helm-llm: ignore[rule-id] reason` and `# helm-llm: ignore-file[rule-id] reason`."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from helm_llm.document.document import Comment, Document, Span
from helm_llm.lint.finding import Finding
from helm_llm.lint.suggest import near

_COMMENT = re.compile(
    r"#\s*helm-llm:\s*(?P<form>ignore|ignore-file)\[(?P<ids>[^\]]*)\]"
)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One rule id of one comment, and the lines it covers (1-based, inclusive)."""

    rule_id: str
    span: Span
    first: int
    last: int


def suppressions(document: Document) -> Iterator[Suppression]:
    """Every suppression a file holds."""
    lines = _Lines(document.text)
    for comment in document.comments:
        match = _COMMENT.match(comment.text)
        if not match:
            continue
        first, last = lines.covered(comment, whole_file=match["form"] == "ignore-file")
        for id in filter(None, (word.strip() for word in match["ids"].split(","))):
            yield Suppression(id, comment.span, first, last)


class _Lines:
    """The lines of a file, each looked at once however many comments there are."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _all(self) -> list[str]:
        return self._text.removesuffix("\n").split("\n")

    @cached_property
    def _head(self) -> int:
        """How many lines come before the first key."""
        blank = (
            not text.strip() or text.lstrip("\ufeff \t").startswith(("#", "---"))
            for text in self._all
        )
        return next(
            (number for number, is_head in enumerate(blank) if not is_head),
            len(self._all),
        )

    @cached_property
    def _content(self) -> list[int]:
        """The numbers of the lines that are neither blank nor a comment."""
        return [number for number, text in enumerate(self._all, 1) if _is_content(text)]

    def covered(self, comment: Comment, *, whole_file: bool) -> tuple[int, int]:
        line = comment.span.line
        if whole_file:
            return (1, len(self._all)) if line <= self._head else _NOTHING
        return (
            self._block(bisect_right(self._content, line))
            if comment.own_line
            else (line, line)
        )

    @cached_property
    def _ends(self) -> dict[int, int]:
        return {}

    def _block(self, at: int) -> tuple[int, int]:
        """The key on a line of content and all that is nested in it; a list may stand at its key's own indentation."""
        if at == len(self._content):
            return _NOTHING
        if at not in self._ends:
            key, end = self._all[self._content[at] - 1], at + 1
            while end < len(self._content) and _is_nested(
                self._all[self._content[end] - 1], key
            ):
                end += 1
            self._ends[at] = self._content[end - 1]
        return self._content[at], self._ends[at]


_NOTHING = (0, -1)


def _is_nested(text: str, key: str) -> bool:
    below = _indent(text) - _indent(key)
    return below > 0 or (
        below == 0
        and text.lstrip().startswith("- ")
        and not key.lstrip().startswith("- ")
    )


def _is_content(text: str) -> bool:
    return bool(text.strip()) and not text.lstrip().startswith("#")


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


@dataclass(frozen=True, slots=True)
class UnusedSuppression:
    """A suppression that covered nothing; `near` is the rule it may have meant, when there is no such rule."""

    rule_id: str
    span: Span
    is_rule: bool
    near: str


@dataclass(slots=True)
class Suppressions:
    """All suppressions of a run, and which of them were used."""

    _by_file: dict[str, tuple[Document, tuple[Suppression, ...]]] = field(
        default_factory=dict
    )
    _covered: dict[tuple[str, str], Ranges] = field(default_factory=dict)
    _hit: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """By file and rule: the lines that comments cover, and those on which they covered a finding."""

    def add(self, document: Document) -> None:
        """Take a file's comments into account."""
        if document.file not in self._by_file:
            found = tuple(suppressions(document))
            self._by_file[document.file] = (document, found)
            for one in found:
                self._covered.setdefault((document.file, one.rule_id), Ranges()).add(
                    one.first, one.last
                )

    def suppress(self, finding: Finding) -> bool:
        """Whether a comment covers the finding or a place related to it; the comment then counts as used."""
        if not finding.rule.suppressible:
            return False
        id = finding.rule.id
        hits = [
            place
            for place in finding.places
            if place.file and self._covers(place.file, id, place.line)
        ]
        for place in hits:
            self._hit.setdefault((str(place.file), id), set()).add(place.line)
        return bool(hits)

    def _covers(self, file: str, id: str, line: int) -> bool:
        ranges = self._covered.get((file, id))
        return ranges is not None and line in ranges

    def unused(
        self, ran: Collection[str], known: Collection[str]
    ) -> Iterator[tuple[Document, UnusedSuppression]]:
        """Those that covered nothing, with their file; `ran` are the rules that ran, `known` all there are."""
        hit = {key: sorted(lines) for key, lines in self._hit.items()}
        for file, (document, found) in self._by_file.items():
            for one in found:
                used = _any_between(
                    hit.get((file, one.rule_id), ()), one.first, one.last
                )
                if not used and (one.rule_id in ran or one.rule_id not in known):
                    meant = near(one.rule_id, known) or ""
                    yield (
                        document,
                        UnusedSuppression(
                            one.rule_id, one.span, one.rule_id in known, meant
                        ),
                    )


@dataclass(slots=True)
class Ranges:
    """Ranges of lines, which may overlap: whether a line is in one of them."""

    _given: list[tuple[int, int]] = field(default_factory=list)
    _firsts: list[int] = field(default_factory=list)
    _lasts: list[int] = field(default_factory=list)
    """The given ones merged, in order, once somebody asks."""

    def add(self, first: int, last: int) -> None:
        """One more, both ends inclusive."""
        self._given.append((first, last))

    def __contains__(self, line: int) -> bool:
        if not self._firsts:
            self._merge()
        at = bisect_right(self._firsts, line) - 1
        return at >= 0 and line <= self._lasts[at]

    def _merge(self) -> None:
        for first, last in sorted(self._given):
            if self._lasts and first <= self._lasts[-1]:
                self._lasts[-1] = max(self._lasts[-1], last)
            else:
                self._firsts.append(first)
                self._lasts.append(last)


def _any_between(lines: Sequence[int], first: int, last: int) -> bool:
    at = bisect_left(lines, first)
    return at < len(lines) and lines[at] <= last
