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
    text = document.text
    for node in _secret_nodes(document):
        yield from secrets_of_scalar(node.value)
        # A folded or escaped value is written in another way than it is parsed.
        for start, end in _written_spans(text, node):
            yield Secret(text[start:end])
    for root in document.roots:
        for scalar in scalars(root, _view):
            value = scalar.value
            if isinstance(value, str):
                yield from secrets_of_text(value)
    if document.error:
        for start, end in _spans_in_broken(text):
            yield Secret(text[start:end])
        yield from secrets_of_text(text)


def spans(document: Document) -> list[Span]:
    """The spans of values of keys that are meant for secrets, however short."""
    text = document.text
    found = _spans_of_nodes(document)
    if document.error:
        found = _spans_in_broken(text)
    real = []
    for start, end in found:
        value = text[start:end]
        if not is_placeholder(value):
            real.append((start, end))
    return join_spans(real)


def _spans_of_nodes(document: Document) -> Iterator[Span]:
    for node in _secret_nodes(document):
        yield from _written_spans(document.text, node)


def masked_lines(document: Document, shown: Sequence[Span]) -> list[str]:
    """All lines of the text, those in the shown ranges (counted from 0) without secrets."""
    text = document.text
    starts = line_starts(text, [])
    # A range may end with the text, where no further line starts.
    starts.append(len(text))
    around = []
    for first, last in shown:
        begin = max(0, starts[first] - _AROUND)
        end = starts[min(last, len(starts) - 1)] + _AROUND
        around.append((begin, end))
    found = spans(document)
    # The search for known secrets takes much longer than that of keys, so it is limited
    # to what is shown.
    for begin, end in join_spans(around):
        part = text[begin:end]
        for first, last in masking.known_secrets().spans(part):
            found.append((begin + first, begin + last))
    in_lines = _by_line(text, join_spans(found))
    return mask_spans(text, in_lines).split("\n")


def _by_line(text: str, found: Iterable[Span]) -> Iterator[Span]:
    """The spans, divided at line breaks: a mask must not join lines."""
    for start, end in found:
        for line in _LINE.finditer(text, start, end):
            yield line.span()


_AROUND = 8192
"""Characters around what is shown, in which a secret of several lines may begin or end."""

_LINE = re.compile(r"[^\n]+")
_LINE_OF_SCALAR = re.compile(r"[^\s][^\n]*")


class SecretsByLine:
    """The secrets of a document by line."""

    def __init__(self, document: Document) -> None:
        lines = document.text.split("\n")
        self._starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self._by_line: dict[int, list[Span]] = {}
        for start, end in spans(document):
            line = bisect_right(self._starts, start)
            begin = self._starts[line - 1]
            columns = self._by_line.setdefault(line, [])
            columns.append((start - begin, end - begin))

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
    if not isinstance(node, AliasNode):
        return node
    # An alias of an unknown anchor has no target.
    return node.target or node


def _view(node: Node) -> View:
    target = _target(node)
    if not isinstance(target, Collection):
        return View(scalar=target.value)
    if not target.mapping:
        return View(items=target.items)
    pairs = []
    for key, value in target.pairs():
        pairs.append((str(key.value), value))
    return View(pairs=pairs)


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
    if end > start:
        # Only a quote that was opened: plain text may also end with one.
        last = text[end - 1]
        if last in "'\"" and text[start - 1] == last:
            end -= 1
    for line in _LINE_OF_SCALAR.finditer(text, start, end):
        written = line[0].rstrip()
        first = line.start()
        yield first, first + len(written)


def end_of(text: str, node: Node) -> int:
    """The end of a node without the blanks after it."""
    written = text[node.start : node.end].rstrip()
    return node.start + len(written)


def keys(document: Document) -> Iterator[str]:
    """Every key of the values."""
    pending: list[object] = [document.tree]
    seen: set[int] = set()
    while pending:
        value = pending.pop()
        if not isinstance(value, dict):
            continue
        # An alias is the same object in several places.
        identity = id(value)
        if identity in seen:
            continue
        seen.add(identity)
        yield from map(str, value)
        pending.extend(value.values())


def ordinary_values(document: Document) -> Iterator[str]:
    """Every scalar that is not secret, as text."""
    secret = {id(value) for value in secret_scalars(document.tree, view_of_value)}
    for value in scalars(document.tree, view_of_value):
        if value is None or id(value) in secret:
            continue
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
        indent = len(line) - len(line.lstrip(" \t-"))
        # A blank line does not end a block.
        if line.strip() and indent <= below:
            below = -1
        start = indent
        refers_to_secret = False
        entry = _ENTRY.match(line)
        if entry:
            start = entry.start("rest")
            name = entry["key"].strip("\"'")
            if below < 0 and is_secret_name(name):
                below = indent
            # Below such a key, `name: my-secret` refers to a Secret.
            if 0 <= below < indent:
                value = entry["rest"].strip()
                refers_to_secret = is_reference(name, value)
        if below >= 0 and not refers_to_secret:
            value = line[start:].strip(" \t\r\"'{}[],")
            if value:
                first = at + line.index(value, start)
                yield first, first + len(value)
        for first, last in (*pair_spans(line), *assigned_spans(line)):
            yield at + first, at + last
        # One more for the line break.
        at += len(line) + 1
