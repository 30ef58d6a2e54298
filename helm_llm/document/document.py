"""A values file as Helm reads it, with the position of every value.

`reader.py` makes Documents from texts and files.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from helm_llm.document.nodes import (
    Node,
    ScalarNode,
    descend,
    resolve_alias,
    scalar_spans,
)
from helm_llm.document.position import Span, line_starts, span_of
from helm_llm.keypath import MISSING, KeyPath, lookup

LONGEST_EXCERPT = 16_384
"""Characters of a line in a report; without a limit a file of one long line would be
repeated in every finding."""

_ANCHOR = re.compile(r"^&\S+\s*")
_DIRECTIVE = re.compile(
    r"(?:^|(?<=[\s]))(?P<text>#[ \t]*helm-llm:[^\r\n]*)(?=\r?$)", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Comment:
    """A `# helm-llm: ...` comment; `own_line` if nothing but blanks precedes it."""

    span: Span
    text: str
    own_line: bool


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why Helm, or this program, cannot read a file."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key that a mapping has twice. Helm silently drops the first."""

    path: KeyPath
    span: Span
    first: Span


@dataclass(frozen=True, slots=True)
class Document:
    """One values file. A broken file has a text and an error, and an empty tree."""

    file: str
    text: str
    tree: Mapping[str, Any] = field(default_factory=dict)
    error: SyntaxProblem | None = None
    repeated: tuple[RepeatedKey, ...] = ()
    second_document: Span | None = None
    """The first line of a second YAML document, which Helm 3 ignores."""
    _roots: tuple[Node, ...] = field(default=(), repr=False, compare=False)
    _lines: list[int] = field(default_factory=list, repr=False, compare=False)

    @property
    def roots(self) -> tuple[Node, ...]:
        """Root node of each YAML document; empty for a broken file."""
        return self._roots

    @property
    def comments(self) -> tuple[Comment, ...]:
        """The `# helm-llm: ...` comments, in order."""
        if "helm-llm:" not in self.text:
            return ()
        scalars: list[tuple[int, int]] = []
        for root in self._roots:
            scalars.extend(scalar_spans(root))
        found: list[Comment] = []
        for match in _DIRECTIVE.finditer(self.text):
            # A `#` in a quoted or block scalar does not start a comment.
            if _is_inside(match.start("text"), scalars):
                continue
            comment = self._comment(match)
            found.append(comment)
        return tuple(found)

    def value_span(self, path: KeyPath) -> Span | None:
        """Position of the value at exactly this path, None if the file lacks it."""
        entry = self.entry(path)
        if entry is None:
            return None
        _, value = entry
        return self._span(value)

    def key_span(self, path: KeyPath) -> Span | None:
        """Position of the last key of the path; of the value for an item of a list."""
        entry = self.entry(path)
        if entry is None:
            return None
        key, value = entry
        return self._span(key or value)

    def entry(self, path: KeyPath) -> tuple[Node | None, Node] | None:
        """Key and value node at exactly this path; the key of an item is None."""
        return next(self._entries(path), None)

    def line(self, number: int) -> str:
        """The text of a line, without its line break."""
        start, end = self._line_bounds(number)
        return self.text[start:end]

    def excerpt(self, line: int, column: int) -> tuple[str, int]:
        """The text of a line around a column, and the number of characters before it.

        A line that is longer than LONGEST_EXCERPT is cut on both sides.
        """
        start, end = self._line_bounds(line)
        surplus = end - start - LONGEST_EXCERPT
        if surplus <= 0:
            return self.text[start:end].removesuffix("\r"), 0
        wanted = column - 1 - LONGEST_EXCERPT // 2
        cut = max(0, min(wanted, surplus))
        start += cut
        return self.text[start : start + LONGEST_EXCERPT], cut

    def source_of(self, path: KeyPath) -> str | None:
        """A plain scalar as written (`0.90`, `yes`), None for anything else."""
        for _, value in self._entries(path):
            node = resolve_alias(value)
            if isinstance(node, ScalarNode) and node.plain:
                return _ANCHOR.sub("", self.text[node.start : node.end])
        return None

    def _entries(self, path: KeyPath) -> Iterator[tuple[Node | None, Node]]:
        """Entries at a path, the last YAML document first, because it wins."""
        if self.error or lookup(self.tree, path) is MISSING:
            return
        for root in reversed(self._roots):
            entry = descend(root, path)
            if entry:
                yield entry

    def _line_bounds(self, number: int) -> tuple[int, int]:
        starts = line_starts(self.text, self._lines)
        end_of_text = len(self.text)
        if number > len(starts):
            return end_of_text, end_of_text
        start = starts[number - 1]
        # The last line may have no line break.
        if number == len(starts):
            return start, end_of_text
        return start, starts[number] - 1

    def _comment(self, match: re.Match[str]) -> Comment:
        # A pattern without the blanks at the end would backtrack at each of them.
        text = match["text"].rstrip(" \t")
        start = match.start("text")
        end = start + len(text)
        span = span_of(self.text, start, end, self._lines)
        line_start = self.text.rfind("\n", 0, start) + 1
        before = self.text[line_start:start]
        return Comment(span, text, own_line=not before.strip())

    def _span(self, node: Node) -> Span:
        return span_of(self.text, node.start, node.end, self._lines)


def _is_inside(offset: int, spans: list[tuple[int, int]]) -> bool:
    """Whether an offset is within one of these spans, which are in order."""
    at = bisect_right(spans, (offset, sys.maxsize)) - 1
    if at < 0:
        return False
    _, end = spans[at]
    return offset < end
