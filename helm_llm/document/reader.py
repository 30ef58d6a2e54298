"""Values files and texts -> Documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias

from helm_llm import inputs
from helm_llm.checkout import not_linked_outside
from helm_llm.document.composer import Composer
from helm_llm.document.document import Document, RepeatedKey, SyntaxProblem
from helm_llm.document.nodes import InvalidYaml, Node
from helm_llm.document.position import Span, span_of
from helm_llm.document.syntax import compose_documents, first_lines

MAX_BYTES = 5 * 1024 * 1024
"""Helm's limit for a file of a chart."""

_BYTE_ORDER_MARK = "\ufeff"

Tree: TypeAlias = "Mapping[str, Any]"


def read_document(
    file: str, *, helm_major: int = 3, what: str = "the values file"
) -> Document:
    """Read a values file, `-` for standard input; UsageError if it cannot be read."""
    if not inputs.is_read_once(file):
        not_linked_outside(file)
    data = inputs.read(file, what, MAX_BYTES)
    return decode_document(data, file, helm_major=helm_major)


def decode_document(data: bytes, file: str, *, helm_major: int = 3) -> Document:
    """Parse bytes; a text that is not UTF-8 becomes a broken Document."""
    try:
        return parse_document(data.decode("utf-8"), file, helm_major=helm_major)
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace").removeprefix(_BYTE_ORDER_MARK)
        valid = data[: error.start].decode("utf-8")
        at = len(valid.removeprefix(_BYTE_ORDER_MARK))
        span = span_of(text, at, at + 1, [])
        byte = data[error.start]
        message = f"byte 0x{byte:02x} is not UTF-8: save the file as UTF-8"
        return Document(file, text, error=SyntaxProblem(span, message))


# Targets share their base values, and --fix parses what lint has just parsed.
@lru_cache(maxsize=4)
def parse_document(text: str, file: str, *, helm_major: int = 3) -> Document:
    """Parse values as this Helm does: 3 reads the first document, 4 merges all of them."""
    text = text.removeprefix(_BYTE_ORDER_MARK)
    lines: list[int] = []
    tree: Tree = {}
    try:
        composers = compose_documents(text, helm_major)
        for composer in composers:
            tree = merge_maps(tree, _mapping_of(composer.root))
    except InvalidYaml as error:
        span = span_of(text, error.start, error.end, lines)
        problem = SyntaxProblem(span, error.message)
        return Document(file, text, error=problem, _lines=lines)
    return Document(
        file,
        text,
        tree,
        repeated=_repeated_keys(composers, text, lines),
        second_document=_second_document(text, lines),
        _roots=tuple(composer.root for composer in composers if composer.root),
        _lines=lines,
    )


def merge_maps(lower: Tree, upper: Tree) -> Tree:
    """Both maps, the upper one winning; a null stays. Shares what it does not change."""
    if not lower:
        return upper
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            value = merge_maps(below, value)
        merged[key] = value
    return merged


def _mapping_of(root: Node | None) -> Tree:
    if root is None or root.value is None:
        return {}
    if isinstance(root.value, dict):
        return root.value
    kind = "a single value"
    if isinstance(root.value, list):
        kind = "a list"
    message = f"values must be a mapping of keys, but this file contains {kind}"
    raise InvalidYaml(root.start, root.end, message)


def _repeated_keys(
    composers: Sequence[Composer], text: str, lines: list[int]
) -> tuple[RepeatedKey, ...]:
    keys = []
    for composer in composers:
        for path, later, first in composer.repeated:
            later_span = span_of(text, later.start, later.end, lines)
            first_span = span_of(text, first.start, first.end, lines)
            keys.append(RepeatedKey(path, later_span, first_span))
    return tuple(keys)


def _second_document(text: str, lines: list[int]) -> Span | None:
    if "\n---" not in text and "\n..." not in text:
        return None
    second = next(islice(first_lines(text), 1, 2), None)
    if second is None:
        return None
    start, end = second
    return span_of(text, start, end, lines)
