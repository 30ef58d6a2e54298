"""Values of the type a chart means; what has another type is None, and rules that need it stay silent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from helm_llm import typed
from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.field import Field
from helm_llm.values.layers import Values


def text(values: Values, *path: str | int) -> str | None:
    """A string; the empty one when there is nothing."""
    value = values.get(*path, default="")
    return value if isinstance(value, str) else None


def field(values: Values, *path: str | int) -> Field[str] | None:
    """A string with its path; None when it is empty or none."""
    found = text(values, *path)
    return Field(found, path) if found else None


def stated_mode(values: Values) -> Field[str] | None:
    """The access mode of a claim, where it is the user who says so."""
    mode = field(values, "persistence", "accessMode")
    return mode if mode and values.user_set(mode.path) else None


def claim_size(
    values: Values,
    claim: KeyPath,
    size: KeyPath = ("size",),
    storage_class: str = "storageClass",
) -> Field[str] | None:
    """Size of a claim, a quantity; None where its storage class takes no notice of it."""
    unbounded = re.search(
        "efs|nfs|local-path|hostpath", text(values, *claim, storage_class) or ""
    )
    return None if unbounded else field(values, *claim, *size)


def whole(values: Values, *path: str | int, default: int | None = None) -> int | None:
    """An integer, as `4` or `4.0`; the default when there is nothing."""
    return typed.whole(values.get(*path, default=default))


def number(values: Values, *path: str | int) -> Field[int] | None:
    """An integer with its path."""
    found = whole(values, *path)
    return None if found is None else Field(found, path)


def switch(values: Values, *path: str | int) -> bool | None:
    """A boolean; off when there is nothing, as in a template."""
    value = values.get(*path, default=False)
    return value if isinstance(value, bool) else None


def table(values: Values, *path: str | int) -> Mapping[str, Any]:
    """A mapping, empty when there is none."""
    return typed.mapping(values.tree, *path)


def words(values: Values, *path: str | int) -> tuple[Field[str], ...]:
    """A command line: strings and numbers, each with its item's path."""
    items = enumerate(typed.sequence(values.tree, *path))
    return tuple(
        Field(word, (*path, index))
        for index, item in items
        if (word := scalar(item)) is not None
    )


def environment(values: Values, *path: str | int) -> dict[str, Field[str] | None]:
    """Variables by name, the last of equal names; None for one whose text the values do not hold."""
    variables: dict[str, Field[str] | None] = {}
    for index, item in enumerate(typed.sequence(values.tree, *path)):
        if name := typed.text(item, "name"):
            word = scalar(item.get("value"))
            variables[name] = (
                None if word is None else Field(word, (*path, index, "value"))
            )
    return variables


def names(values: Values, *path: str | int) -> dict[str, KeyPath]:
    """Where each variable is named."""
    items = enumerate(typed.sequence(values.tree, *path))
    return {
        name: (*path, index, "name")
        for index, item in items
        if (name := typed.text(item, "name"))
    }


def scalar(item: Any) -> str | None:
    """A string, number or boolean as our charts print it; None for what is none."""
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, float) and item.is_integer():
        return str(int(item))
    return str(item) if isinstance(item, (str, int, float)) else None
