"""Where a document holds secrets: positions in its text, for excerpts and differences."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from helm_llm import masking
from helm_llm.document.document import Document, line_starts
from helm_llm.document.nodes import AliasNode, Collection, Node, ScalarNode
from helm_llm.masking.phrases import assigned, pairs
from helm_llm.masking.registry import joined, replaced
from helm_llm.masking.secret import Secret
from helm_llm.masking.shapes import is_stand_in
from helm_llm.masking.tree import (
    View,
    scalars,
    secret_scalars,
    secrets_of_scalar,
    secrets_of_text,
    view_of_value,
)

Span = tuple[int, int]

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?")


def secrets_of(document: Document) -> Iterator[Secret]:
    """The values that are secret, as they are read and as they are written."""
    for node in _secret_nodes(document):
        yield from secrets_of_scalar(node.value)
        yield from (
            Secret(document.text[start:end])
            for start, end in _written(document.text, node)
        )
    if document.error:
        yield from (
            Secret(document.text[start:end]) for start, end in _of_broken(document.text)
        )
    for root in document.roots:
        for scalar in scalars(root, _view):
            if isinstance(scalar.value, str):
                yield from secrets_of_text(scalar.value)
    if document.error:
        yield from secrets_of_text(document.text)


def spans(document: Document) -> list[Span]:
    """From where to where the text holds values of keys made for secrets, however short."""
    if document.error:
        found = _of_broken(document.text)
    else:
        found = (
            span
            for node in _secret_nodes(document)
            for span in _written(document.text, node)
        )
    return joined(
        span for span in found if not is_stand_in(document.text[slice(*span)])
    )


def masked_lines(document: Document, shown: Sequence[tuple[int, int]]) -> list[str]:
    """The lines of the text, as many as it has: those in the shown ranges, counted from 0, without secrets."""
    text, starts = document.text, line_starts(document.text, [])
    pieces = joined(
        (starts[first], starts[last] if last < len(starts) else len(text))
        for first, last in shown
    )
    around = joined((max(0, start - _AROUND), end + _AROUND) for start, end in pieces)
    known = [
        (start + first, start + last)
        for start, end in around
        for first, last in masking.known().spans(text[start:end])
    ]
    found = joined([*spans(document), *known])
    apart = (
        (start + line.start(), start + line.end())
        for start, end in found
        for line in _LINE.finditer(text[start:end])
    )
    return replaced(text, apart).split("\n")


_AROUND = 8192
"""Characters before and behind what is shown, in which a secret of several lines may begin or end."""


_LINE = re.compile(r"[^\n]+")


class Lines:
    """The secrets of a document by line."""

    def __init__(self, document: Document) -> None:
        lines = document.text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self._by_line: dict[int, list[Span]] = {}
        for start, end in spans(document):
            self._add(start, end)

    def of(self, line: int) -> list[Span]:
        """Columns from 0, in order."""
        return self._by_line.get(line, [])

    def _add(self, start: int, end: int) -> None:
        line = bisect_right(self._starts, start)
        begin = self._starts[line - 1]
        self._by_line.setdefault(line, []).append((start - begin, end - begin))


def _secret_nodes(document: Document) -> Iterator[ScalarNode]:
    for root in document.roots:
        for node in secret_scalars(root, _view):
            target = _target(node)
            if isinstance(target, ScalarNode):
                yield target


def _target(node: Node) -> Node:
    return node.target if isinstance(node, AliasNode) and node.target else node


def _view(node: Node) -> View:
    target = _target(node)
    if not isinstance(target, Collection):
        return View(scalar=target.value)
    if not target.mapping:
        return View(items=target.items)
    return View(pairs=[(str(key.value), value) for key, value in target.pairs()])


def _written(text: str, node: ScalarNode) -> Iterator[Span]:
    """The scalar without tag, anchor and quotes; of one with several lines each line."""
    start = _PROPERTIES.match(text, node.start, node.end).end()  # type: ignore[union-attr]
    if header := _BLOCK_HEADER.match(text, start, node.end):
        start = header.end()
    elif text[start : end_of(text, node)][:1] in ("'", '"'):
        start += 1
    end = end_of(text, node)
    if end > start and text[end - 1] in "'\"" and text[start - 1] == text[end - 1]:
        end -= 1
    for line in re.finditer(r"[^\s][^\n]*", text[start:end]):
        yield start + line.start(), start + line.start() + len(line[0].rstrip())


def end_of(text: str, node: Node) -> int:
    """The end of a node without blanks after it."""
    return node.start + len(text[node.start : node.end].rstrip())


def keys(document: Document) -> Iterator[str]:
    pending: list[Any] = [document.tree]
    seen: set[int] = set()
    while pending:
        value = pending.pop()
        if isinstance(value, dict) and id(value) not in seen:
            seen.add(id(value))
            yield from map(str, value)
            pending.extend(value.values())


def ordinary_values(document: Document) -> Iterator[str]:
    secret = {id(value) for value in secret_scalars(document.tree, view_of_value)}
    for value in scalars(document.tree, view_of_value):
        if id(value) not in secret and value is not None:
            yield str(value)


_ENTRY = re.compile(
    r"(?P<indent>[ \t]*(?:- +)*)(?P<key>[\"']?[\w.-]+[\"']?)[ \t]*:(?P<rest>.*)"
)


def _of_broken(text: str) -> Iterator[Span]:
    """By lines alone: the values of keys made for secrets, and all values that are indented below such a key."""
    from helm_llm.masking.names import is_secret_name, refers

    at, below = 0, -1
    for line in text.split("\n"):
        entry = _ENTRY.match(line)
        indent = len(line) - len(line.lstrip(" \t-"))
        if line.strip() and indent <= below:
            below = -1
        name = entry["key"].strip("\"'") if entry else ""
        if entry and is_secret_name(name):
            below = indent if below < 0 else below
        hidden = below >= 0 and not (
            entry and indent > below and refers(name, entry["rest"].strip())
        )
        if hidden:
            start = entry.start("rest") if entry else indent
            value = line[start:].strip(" \t\r\"'{}[],")
            if value:
                first = at + line.index(value, start)
                yield first, first + len(value)
        yield from (
            (at + first, at + last) for first, last in (*pairs(line), *assigned(line))
        )
        at += len(line) + 1
