"""text -> Document: the values as Helm reads them, and where each of them stands in the text."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from helm_llm import inputs
from helm_llm.checkout import not_linked_outside
from helm_llm.document.nodes import (
    AliasNode,
    InvalidYaml,
    Node,
    ScalarNode,
    descend,
    scalar_spans,
)
from helm_llm.document.syntax import compose_documents, first_lines
from helm_llm.keypath import MISSING, KeyPath, lookup

MAX_BYTES = 5 * 1024 * 1024

LONGEST_EXCERPT = 16_384
"""Characters of a line that a finding carries: a file of one long line has as many findings as any other."""


@dataclass(frozen=True, slots=True)
class Span:
    """Lines and columns from 1, columns in code points, the end column exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A `# helm-llm: ...` comment; `own_line`: nothing but blanks before it."""

    span: Span
    text: str
    own_line: bool


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why Helm, or we, cannot read a file."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key that stands in its mapping twice; Helm silently drops the first."""

    path: KeyPath
    span: Span
    first: Span


@dataclass(frozen=True, slots=True)
class Document:
    """One values file. A broken one keeps its text and error, and its tree is empty."""

    file: str
    text: str
    tree: Mapping[str, Any] = field(default_factory=dict)
    error: SyntaxProblem | None = None
    repeated: tuple[RepeatedKey, ...] = ()
    second_document: Span | None = None
    _roots: tuple[Node, ...] = field(default=(), repr=False, compare=False)
    _lines: list[int] = field(default_factory=list, repr=False, compare=False)

    @property
    def roots(self) -> tuple[Node, ...]:
        """The text as nodes; none of a broken file."""
        return self._roots

    @property
    def comments(self) -> tuple[Comment, ...]:
        """The comments that speak to helm-llm, in order."""
        if "helm-llm:" not in self.text:
            return ()
        scalars = [span for root in self._roots for span in scalar_spans(root)]
        found = _OUR_COMMENT.finditer(self.text)
        return tuple(
            self._comment(match)
            for match in found
            if not _inside(match.start("text"), scalars)
        )

    def value_span(self, path: KeyPath) -> Span | None:
        """Where the value at exactly this path stands; None if this file does not hold it."""
        return next((self._span(value) for _, value in self._found(path)), None)

    def key_span(self, path: KeyPath) -> Span | None:
        """Where the path's last key stands; a list item has only its value."""
        return next(
            (self._span(key or value) for key, value in self._found(path)), None
        )

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        starts = line_starts(self.text, self._lines)
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end] if number <= len(starts) else ""

    def excerpt(self, line: int, column: int) -> tuple[str, int]:
        """The text of a line, and how many of its characters are left out before it: a long line is cut to a part."""
        starts = line_starts(self.text, self._lines)
        if line > len(starts):
            return "", 0
        start = starts[line - 1]
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        if end - start > LONGEST_EXCERPT:
            cut = max(
                0, min(column - 1 - LONGEST_EXCERPT // 2, end - start - LONGEST_EXCERPT)
            )
            return self.text[start + cut : start + cut + LONGEST_EXCERPT], cut
        return self.text[start:end].removesuffix("\r"), 0

    def entry(self, path: KeyPath) -> tuple[Node | None, Node] | None:
        """The key (None for a list item and the root) and the value at exactly this path, as nodes of the text."""
        return next(self._found(path), None)

    def source_of(self, path: KeyPath) -> str | None:
        """A plain scalar as written (`0.90`, `yes`), None for anything else."""
        for _, found in self._found(path):
            node = found.target if isinstance(found, AliasNode) else found
            if isinstance(node, ScalarNode) and node.plain:
                return _ANCHOR.sub("", self.text[node.start : node.end])
        return None

    def _found(self, path: KeyPath) -> Iterator[tuple[Node | None, Node]]:
        if self.error is None and lookup(self.tree, path) is not MISSING:
            for root in reversed(self._roots):
                if found := descend(root, path):
                    yield found

    def _comment(self, match: re.Match[str]) -> Comment:
        # A pattern that leaves the blanks at the end out tries each blank of the line as the first of them.
        written = match["text"].rstrip(" \t")
        start, end = match.start("text"), match.start("text") + len(written)
        before = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        return Comment(
            span_of(self.text, start, end, self._lines), written, not before.strip()
        )

    def _span(self, node: Node) -> Span:
        return span_of(self.text, node.start, node.end, self._lines)


_ANCHOR = re.compile(r"^&\S+\s*")
_OUR_COMMENT = re.compile(
    r"(?:^|(?<=[\s]))(?P<text>#[ \t]*helm-llm:[^\r\n]*)(?=\r?$)", re.MULTILINE
)


@lru_cache(
    maxsize=4
)  # targets share their base values, and what is to be fixed was linted just before
def parse_document(text: str, file: str, *, helm_major: int = 3) -> Document:
    """Read values as this Helm reads them: 3 takes the first document, 4 merges all of them."""
    text = text.removeprefix("\ufeff")
    lines: list[int] = []
    try:
        composers = compose_documents(text, helm_major)
        tree: Mapping[str, Any] = {}
        for composer in composers:
            tree = merge_maps(tree, _mapping(composer.root))
    except InvalidYaml as broken:
        problem = SyntaxProblem(
            span_of(text, broken.start, broken.end, lines), broken.message
        )
        return Document(file, text, error=problem, _lines=lines)
    repeated = tuple(
        RepeatedKey(
            path,
            span_of(text, later.start, later.end, lines),
            span_of(text, first.start, first.end, lines),
        )
        for composer in composers
        for path, later, first in composer.repeated
    )
    roots = tuple(composer.root for composer in composers if composer.root)
    return Document(
        file, text, tree, None, repeated, _second_document(text, lines), roots, lines
    )


def read_document(
    file: str, *, helm_major: int = 3, what: str = "the values file"
) -> Document:
    """Read a values file, `-` for standard input; UsageError when it cannot be read at all."""
    name = file if inputs.is_read_once(file) else not_linked_outside(file)
    return decode_document(
        inputs.read(name, what, MAX_BYTES), file, helm_major=helm_major
    )


def decode_document(data: bytes, file: str, *, helm_major: int = 3) -> Document:
    """Parse bytes; text that is not UTF-8 becomes a broken Document."""
    try:
        return parse_document(data.decode("utf-8"), file, helm_major=helm_major)
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace").removeprefix("\ufeff")
        at = len(data[: error.start].decode("utf-8").removeprefix("\ufeff"))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8: save the file as UTF-8"
        return Document(
            file, text, error=SyntaxProblem(span_of(text, at, at + 1, []), message)
        )


def merge_maps(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> Mapping[str, Any]:
    """Helm's merge of two sets of user values: maps merge, all else is replaced, a null stays."""
    if not lower:
        return upper
    merged_tree = dict(lower)
    for key, value in upper.items():
        below = merged_tree.get(key)
        both = isinstance(value, dict) and isinstance(below, dict)
        merged_tree[key] = merge_maps(below, value) if both else value  # type: ignore[arg-type]
    return merged_tree


def span_of(text: str, start: int, end: int, lines: list[int]) -> Span:
    """Offsets -> lines and columns."""
    line_starts(text, lines)
    line, end_line = bisect_right(lines, start), bisect_right(lines, end)
    return Span(
        line, start - lines[line - 1] + 1, end_line, end - lines[end_line - 1] + 1
    )


def line_starts(text: str, lines: list[int]) -> list[int]:
    """`lines`, filled with the offsets at which lines start at the first call."""
    if not lines:
        lines.append(0)
        lines.extend(match.end() for match in re.finditer("\n", text))
    return lines


def _mapping(root: Node | None) -> Mapping[str, Any]:
    if root is None or root.value is None:
        return {}
    if not isinstance(root.value, dict):
        kind = "a list" if isinstance(root.value, list) else "a single value"
        raise InvalidYaml(
            root.start,
            root.end,
            f"values are a mapping of keys, this file holds {kind}",
        )
    return root.value


def _second_document(text: str, lines: list[int]) -> Span | None:
    if "\n---" not in text and "\n..." not in text:
        return None
    second = next(islice(first_lines(text), 1, 2), None)
    return span_of(text, *second, lines) if second else None


def _inside(offset: int, spans: list[tuple[int, int]]) -> bool:
    at = bisect_right(spans, (offset, sys.maxsize)) - 1
    return at >= 0 and offset < spans[at][1]
