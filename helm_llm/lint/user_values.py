"""What the user's own files give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from helm_llm.document.document import Document
from helm_llm.keypath import MISSING, KeyPath, lookup, scalars
from helm_llm.values.layers import Values


def user_files(values: Values) -> tuple[Document, ...]:
    """The files a user writes, lowest layer first: an umbrella chart's values.yaml is one, for its subcharts."""
    top = values.root.chart
    return (top.defaults, *values.files) if top.dependencies else values.files


def user_scalars(
    values: Values, marks: Sequence[str] = ("",)
) -> Iterator[tuple[Document, KeyPath, Any]]:
    """Every scalar of every such file, those in lists and those that a later layer replaces too.

    Files that hold none of the marks are skipped: looking for a few words in the text costs nothing.
    """
    for document in user_files(values):
        if any(mark in document.text for mark in marks):
            tree = lookup(document.tree, values.base)
            yield from (
                (document, path, value)
                for path, value in scalars(tree if tree is not MISSING else {})
            )


def chosen_strings(
    values: Values, marks: Sequence[str]
) -> Iterator[tuple[KeyPath, str]]:
    """Every string with one of the marks that a user's file or option gives and no later layer replaces or removes."""
    for document, path, value in user_scalars(values, marks):
        if isinstance(value, str) and is_effective(document, path, values):
            yield path, value
    for option, base, value in values.options:
        for below, text in scalars(value):
            origin = values.origin((*base, *below)) if isinstance(text, str) else None
            if origin and origin.option is option:
                yield (*base, *below), text


def is_effective(document: Document, path: KeyPath, values: Values) -> bool:
    """Whether this file's value is the one that counts: no later layer replaced or removed it."""
    origin = values.origin(path)
    return origin is not None and origin.document is document
