"""Suppression comments: `# helm-llm: ignore[rule-id] reason` and `# helm-llm: ignore-file[rule-id] reason`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from helm_llm.lint.finding import Finding
from helm_llm.lint.suggest import near
from helm_llm.source import Comment, Document, Span

_COMMENT = re.compile(r"#\s*helm-llm:\s*(?P<form>ignore|ignore-file)\[(?P<ids>[^\]]*)\]")

NEVER = frozenset({"yaml-syntax", "template-failed", "suppression-unused"})


@dataclass(frozen=True, slots=True)
class Suppression:
    """One rule id of one comment, and the lines it covers (1-based, inclusive)."""

    rule_id: str
    span: Span
    first: int
    last: int

    def covers(self, finding: Finding, file: str) -> bool:
        """Whether the finding, or a place related to it, lies on a covered line of this file."""
        return (
            finding.rule.id == self.rule_id
            and finding.rule.id not in NEVER
            and any(place.file == file and self.first <= place.line <= self.last for place in finding.places)
        )


def suppressions(document: Document) -> Iterator[Suppression]:
    """Every suppression a file holds."""
    for comment in document.comments:
        match = _COMMENT.match(comment.text)
        if not match:
            continue
        first, last = _lines(document, comment, whole_file=match["form"] == "ignore-file")
        for id in filter(None, (word.strip() for word in match["ids"].split(","))):
            yield Suppression(id, comment.span, first, last)


def _lines(document: Document, comment: Comment, *, whole_file: bool) -> tuple[int, int]:
    lines, line = document.text.splitlines(), comment.span.line
    if whole_file:
        return (1, len(lines)) if _in_head(lines, line) else (0, -1)
    return _block(lines, line) if comment.own_line else (line, line)


def _in_head(lines: list[str], line: int) -> bool:
    return all(not text.strip() or text.lstrip("\ufeff \t").startswith(("#", "---")) for text in lines[:line])


def _block(lines: list[str], comment_line: int) -> tuple[int, int]:
    """The next key and all that is nested in it; a list may stand at its key's own indentation."""
    content = [(number, text) for number, text in enumerate(lines, 1) if number > comment_line and _is_content(text)]
    if not content:
        return (0, -1)
    (first, key), last = content[0], content[0][0]
    for number, text in content[1:]:
        nested = _indent(text) > _indent(key) or (
            _indent(text) == _indent(key) and text.lstrip().startswith("- ") and not key.lstrip().startswith("- ")
        )
        if not nested:
            break
        last = number
    return first, last


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

    _by_file: dict[str, tuple[Document, tuple[Suppression, ...]]] = field(default_factory=dict)
    _used: set[tuple[str, Suppression]] = field(default_factory=set)

    def add(self, document: Document) -> None:
        """Take a file's comments into account."""
        if document.file not in self._by_file:
            self._by_file[document.file] = (document, tuple(suppressions(document)))

    def suppress(self, finding: Finding) -> bool:
        """Whether a comment covers the finding; the comment then counts as used."""
        files = {place.file for place in finding.places if place.file in self._by_file}
        hits = [(f, s) for f in files if f for s in self._by_file[f][1] if s.covers(finding, f)]
        self._used.update(hits)
        return bool(hits)

    def unused(self, ran: Collection[str], known: Collection[str]) -> Iterator[tuple[Document, UnusedSuppression]]:
        """Those that covered nothing, with their file; `ran` are the rules that ran, `known` all there are."""
        for file, (document, found) in self._by_file.items():
            for one in found:
                if (file, one) not in self._used and (one.rule_id in ran or one.rule_id not in known):
                    meant = near(one.rule_id, known) or ""
                    yield document, UnusedSuppression(one.rule_id, one.span, one.rule_id in known, meant)
