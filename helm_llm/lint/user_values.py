"""Values in the user's own files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from helm_llm.document.document import Document
from helm_llm.keypath import MISSING, KeyPath, lookup, scalars
from helm_llm.values.layers import Values


def user_files(values: Values) -> tuple[Document, ...]:
    """The files that a user writes, lowest layer first.

    For its subcharts, the values.yaml of an umbrella chart is one of them.
    """
    root = values.root.chart
    if root.dependencies:
        return (root.defaults, *values.files)
    return values.files


def user_scalars(
    values: Values, marks: Sequence[str] = ("",)
) -> Iterator[tuple[Document, KeyPath, Any]]:
    """Every scalar of these files, including those that a later layer replaces.

    Files whose text contains none of the marks are skipped, which costs next to nothing.
    """
    for document in user_files(values):
        if not any(mark in document.text for mark in marks):
            continue
        tree = lookup(document.tree, values.base)
        if tree is MISSING:
            continue
        for path, value in scalars(tree):
            yield document, path, value


def chosen_strings(
    values: Values, marks: Sequence[str]
) -> Iterator[tuple[KeyPath, str]]:
    """Every effective string with one of the marks from a user's file or option."""
    for document, path, value in user_scalars(values, marks):
        if isinstance(value, str) and is_effective(document, path, values):
            yield path, value
    for option, base, tree in values.options:
        for below, value in scalars(tree):
            if not isinstance(value, str):
                continue
            path = (*base, *below)
            origin = values.origin(path)
            # A later option may replace the value.
            if origin and origin.option is option:
                yield path, value


def is_effective(document: Document, path: KeyPath, values: Values) -> bool:
    """Whether this file's value counts: no later layer replaces or removes it."""
    origin = values.origin(path)
    return origin is not None and origin.document is document
