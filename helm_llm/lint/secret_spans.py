"""Where the secrets of a document are in its text, for excerpts and diffs."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from helm_llm import masking
from helm_llm.document.document import Document
from helm_llm.document.nodes import AliasNode, Collection, Node, ScalarNode
from helm_llm.document.position import line_starts
from helm_llm.masking.phrases import assigned_spans, pair_spans
from helm_llm.masking.registry import join_spans, mask_spans
from helm_llm.masking.secret import Secret
from helm_llm.masking.shapes import is_placeholder
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
"""Anchor and tag of a node."""
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?")


def secrets_of(document: Document) -> Iterator[Secret]:
    """The secret values, both as they are parsed and as they are written."""
    for node in _secret_nodes(document):
        yield from secrets_of_scalar(node.value)
        for start, end in _written_spans(document.text, node):
            yield Secret(document.text[start:end])
    for root in document.roots:
        for scalar in scalars(root, _view):
            if isinstance(scalar.value, str):
                yield from secrets_of_text(scalar.value)
    if document.error:
        for start, end in _spans_in_broken(document.text):
            yield Secret(document.text[start:end])
        yield from secrets_of_text(document.text)


def spans(document: Document) -> list[Span]:
    """The spans of values of keys that are meant for secrets, however short."""
    text = document.text
    found = _spans_in_broken(text) if document.error else _spans_of_nodes(document)
    return join_spans(span for span in found if not is_placeholder(text[slice(*span)]))


def _spans_of_nodes(document: Document) -> Iterator[Span]:
    for node in _secret_nodes(document):
        yield from _written_spans(document.text, node)


def masked_lines(document: Document, shown: Sequence[Span]) -> list[str]:
    """All lines of the text, those in the shown ranges (counted from 0) without secrets."""
    text = document.text
    starts = line_starts(document.text, [])
    around = []
    for first, last in shown:
        end = starts[last] if last < len(starts) else len(text)
        around.append((max(0, starts[first] - _AROUND), end + _AROUND))
    found = spans(document)
    for begin, end in join_spans(around):
        known = masking.known_secrets().spans(text[begin:end])
        found += [(begin + first, begin + last) for first, last in known]
    return mask_spans(text, _by_line(text, join_spans(found))).split("\n")


def _by_line(text: str, found: Iterable[Span]) -> Iterator[Span]:
    """The spans, divided at line breaks: a mask must not join lines."""
    for start, end in found:
        for line in _LINE.finditer(text, start, end):
            yield line.span()


_AROUND = 8192
"""Characters around what is shown, in which a secret of several lines may begin or end."""

_LINE = re.compile(r"[^\n]+")


class SecretsByLine:
    """The secrets of a document by line."""

    def __init__(self, document: Document) -> None:
        lines = document.text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self._by_line: dict[int, list[Span]] = {}
        for start, end in spans(document):
            line = bisect_right(self._starts, start)
            begin = self._starts[line - 1]
            self._by_line.setdefault(line, []).append((start - begin, end - begin))

    def in_line(self, line: int) -> list[Span]:
        """Columns from 0, in order."""
        return self._by_line.get(line, [])


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


def _written_spans(text: str, node: ScalarNode) -> Iterator[Span]:
    """Each line of the scalar, without tag, anchor and quotes."""
    start = node.start
    end = end_of(text, node)
    if properties := _PROPERTIES.match(text, start, node.end):
        start = properties.end()
    if header := _BLOCK_HEADER.match(text, start, node.end):
        start = header.end()
    elif text[start:end][:1] in ("'", '"'):
        start += 1
    if end > start and text[end - 1] in "'\"" and text[start - 1] == text[end - 1]:
        end -= 1
    for line in re.finditer(r"[^\s][^\n]*", text[start:end]):
        yield start + line.start(), start + line.start() + len(line[0].rstrip())


def end_of(text: str, node: Node) -> int:
    """The end of a node without the blanks after it."""
    return node.start + len(text[node.start : node.end].rstrip())


def keys(document: Document) -> Iterator[str]:
    """Every key of the values."""
    pending: list[object] = [document.tree]
    seen: set[int] = set()
    while pending:
        value = pending.pop()
        # An alias is the same object in several places.
        if isinstance(value, dict) and id(value) not in seen:
            seen.add(id(value))
            yield from map(str, value)
            pending.extend(value.values())


def ordinary_values(document: Document) -> Iterator[str]:
    """Every scalar that is not secret, as text."""
    secret = {id(value) for value in secret_scalars(document.tree, view_of_value)}
    for value in scalars(document.tree, view_of_value):
        if id(value) not in secret and value is not None:
            yield str(value)


_ENTRY = re.compile(
    r"(?P<indent>[ \t]*(?:- +)*)(?P<key>[\"']?[\w.-]+[\"']?)[ \t]*:(?P<rest>.*)"
)


def _spans_in_broken(text: str) -> Iterator[Span]:
    """The secrets in a text that is not YAML, found by lines alone.

    They are the values of keys that are meant for secrets, and everything indented below
    such a key.
    """
    from helm_llm.masking.names import is_reference, is_secret_name

    at = 0
    below = -1
    for line in text.split("\n"):
        entry = _ENTRY.match(line)
        indent = len(line) - len(line.lstrip(" \t-"))
        if line.strip() and indent <= below:
            below = -1
        name = entry["key"].strip("\"'") if entry else ""
        if entry and below < 0 and is_secret_name(name):
            below = indent
        is_nested_entry = entry and indent > below
        # Below such a key, `name: my-secret` refers to a Secret.
        refers_to_secret = (
            is_nested_entry and entry and is_reference(name, entry["rest"].strip())
        )
        if below >= 0 and not refers_to_secret:
            start = entry.start("rest") if entry else indent
            value = line[start:].strip(" \t\r\"'{}[],")
            if value:
                first = at + line.index(value, start)
                yield first, first + len(value)
        for first, last in (*pair_spans(line), *assigned_spans(line)):
            yield at + first, at + last
        at += len(line) + 1
