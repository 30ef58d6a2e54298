"""The environment of a container: what values list, and what a chart makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from helm_llm import typed
from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields
from helm_llm.serving.spec.pod import Variable
from helm_llm.values.layers import Values


def listed(values: Values, *path: str | int) -> tuple[Variable, ...]:
    """All items of the user's list; without a text those that a Secret, ConfigMap or field holds."""
    return tuple(_items(typed.sequence(values.tree, *path), path))


def made(name: str, text: str | None, *path: str, shared: bool = False) -> Variable:
    """A variable that the chart makes of the value at this path, of none without a path."""
    return Variable(name, text, path, listed=False, shared=shared)


def _items(given: Sequence[Any], path: KeyPath) -> Iterator[Variable]:
    for index, item in enumerate(given):
        if name := typed.text(item, "name"):
            yield Variable(
                name,
                fields.scalar(item.get("value")),
                (*path, index, "value"),
                listed=True,
            )
