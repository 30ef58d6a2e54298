"""Suppression comments: `# helm-llm: ignore[rule-id] reason`, or `ignore-file[rule-id]`."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from helm_llm.document.document import Comment, Document
from helm_llm.document.position import Span
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
    """Every suppression in a file."""
    lines = _Lines(document.text)
    for comment in document.comments:
        match = _COMMENT.match(comment.text)
        if match is None:
            continue
        whole_file = match["form"] == "ignore-file"
        first, last = lines.covered(comment, whole_file=whole_file)
        for word in match["ids"].split(","):
            id = word.strip()
            if id:
                yield Suppression(id, comment.span, first, last)


_NOTHING = (0, -1)
"""The range of a comment that covers no line."""


class _Lines:
    """The lines of a file. Each is read once, regardless of the number of comments."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends: dict[int, int] = {}

    def covered(self, comment: Comment, *, whole_file: bool) -> tuple[int, int]:
        """The first and last line that a comment covers."""
        line = comment.span.line
        if whole_file:
            if line > self._head:
                return _NOTHING
            return 1, len(self._all)
        if not comment.own_line:
            return line, line
        next_content = bisect_right(self._content, line)
        return self._block(next_content)

    @cached_property
    def _all(self) -> list[str]:
        return self._text.removesuffix("\n").split("\n")

    @cached_property
    def _head(self) -> int:
        """Number of lines before the first key."""
        for number, line in enumerate(self._all):
            text = line.lstrip("\ufeff \t")
            if line.strip() and not text.startswith(("#", "---")):
                return number
        return len(self._all)

    @cached_property
    def _content(self) -> list[int]:
        """The numbers of the lines that are neither blank nor a comment."""
        return [number for number, text in enumerate(self._all, 1) if _is_content(text)]

    def _block(self, at: int) -> tuple[int, int]:
        """The key on a line of content, and everything that is nested in it."""
        if at == len(self._content):
            return _NOTHING
        if at not in self._ends:
            self._ends[at] = self._end_of_block(at)
        first = self._content[at]
        last = self._ends[at]
        return first, last

    def _end_of_block(self, at: int) -> int:
        content = self._content
        end = content[at]
        key = self._all[end - 1]
        for below in range(at + 1, len(content)):
            line = content[below]
            text = self._all[line - 1]
            if not _is_nested(text, key):
                break
            end = line
        return end


def _is_nested(text: str, key: str) -> bool:
    deeper = _indent(text) - _indent(key)
    if deeper:
        return deeper > 0
    # YAML allows the items of a list at the indentation of its key.
    return _is_item(text) and not _is_item(key)


def _is_item(text: str) -> bool:
    return text.lstrip().startswith("- ")


def _is_content(text: str) -> bool:
    content = text.strip()
    return bool(content) and not content.startswith("#")


def _indent(text: str) -> int:
    # YAML does not allow tabs here.
    content = text.lstrip(" ")
    return len(text) - len(content)


@dataclass(frozen=True, slots=True)
class UnusedSuppression:
    """A suppression that covered nothing."""

    rule_id: str
    span: Span
    is_rule: bool
    near: str
    """The rule that was probably meant, if there is no rule with this id."""


@dataclass(slots=True)
class Suppressions:
    """All suppressions of a run, and which of them were used."""

    _by_file: dict[str, tuple[Document, tuple[Suppression, ...]]] = field(
        default_factory=dict
    )
    _covered: dict[tuple[str, str], Ranges] = field(default_factory=dict)
    """By file and rule: the lines that comments cover."""
    _used: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """By file and rule: the lines on which comments covered a finding."""

    def add(self, document: Document) -> None:
        """Take a file's comments into account."""
        file = document.file
        # Several targets may share a file.
        if file in self._by_file:
            return
        found = tuple(suppressions(document))
        self._by_file[file] = (document, found)
        for one in found:
            key = (file, one.rule_id)
            ranges = self._covered.setdefault(key, Ranges())
            ranges.add(one.first, one.last)

    def suppress(self, finding: Finding) -> bool:
        """Whether a comment covers the finding or a related place; it then counts as used."""
        if not finding.rule.suppressible:
            return False
        is_covered = False
        # Without an early return: each comment that covers a place counts as used.
        for place in finding.places:
            key = (place.file or "", finding.rule.id)
            ranges = self._covered.get(key)
            if ranges is None or place.line not in ranges:
                continue
            used = self._used.setdefault(key, set())
            used.add(place.line)
            is_covered = True
        return is_covered

    def unused(
        self, ran: Collection[str], known: Collection[str]
    ) -> Iterator[tuple[Document, UnusedSuppression]]:
        """The suppressions that covered nothing, with their file.

        `ran` are the ids of the rules that ran, `known` those of all rules.
        """
        used = {key: sorted(lines) for key, lines in self._used.items()}
        for file, (document, found) in self._by_file.items():
            for one in found:
                is_rule = one.rule_id in known
                # A rule that did not run could not use its comments.
                if is_rule and one.rule_id not in ran:
                    continue
                lines = used.get((file, one.rule_id), ())
                if _is_any_between(lines, one.first, one.last):
                    continue
                meant = None
                if not is_rule:
                    meant = near(one.rule_id, known)
                unused = UnusedSuppression(one.rule_id, one.span, is_rule, meant or "")
                yield document, unused


@dataclass(slots=True)
class Ranges:
    """Ranges of lines, which may overlap: whether a line is in one of them."""

    _given: list[tuple[int, int]] = field(default_factory=list)
    _firsts: list[int] = field(default_factory=list)
    _lasts: list[int] = field(default_factory=list)
    """The given ranges in order and merged, from the first look-up on."""

    def add(self, first: int, last: int) -> None:
        """Add a range; both ends are inclusive."""
        self._given.append((first, last))

    def __contains__(self, line: int) -> bool:
        if not self._firsts:
            self._merge()
        at = bisect_right(self._firsts, line) - 1
        return at >= 0 and line <= self._lasts[at]

    def _merge(self) -> None:
        firsts = self._firsts
        lasts = self._lasts
        for first, last in sorted(self._given):
            if lasts and first <= lasts[-1]:
                lasts[-1] = max(lasts[-1], last)
            else:
                firsts.append(first)
                lasts.append(last)


def _is_any_between(lines: Sequence[int], first: int, last: int) -> bool:
    at = bisect_left(lines, first)
    if at == len(lines):
        return False
    return lines[at] <= last
