"""Typed readers of values, with the paths that they come from.

A value of another type is None, and a rule that needs it reports nothing: unlike
`helm_llm.typed`, these readers distinguish a wrong type from an absent value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from helm_llm import typed
from helm_llm.keypath import Key, KeyPath
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.source import Source


def text(values: Source, *path: Key) -> str | None:
    """A string; the empty one if there is no value."""
    value = values.get(*path, default="")
    if not isinstance(value, str):
        return None
    return value


def field(values: Source, *path: Key) -> Field[str] | None:
    """A string that is not empty, with its path."""
    found = text(values, *path)
    if not found:
        return None
    return Field(found, path)


def text_field(values: Source, *path: Key) -> Field[str]:
    """A string with its path; empty where there is no string."""
    return Field(text(values, *path) or "", path)


def whole(values: Source, *path: Key, default: int | None = None) -> int | None:
    """An integer, written as `4` or `4.0`; the default if there is no value."""
    return typed.whole(values.get(*path, default=default))


def number(values: Source, *path: Key, default: int | None = None) -> Field[int] | None:
    """An integer with its path; the default if there is no value."""
    found = whole(values, *path, default=default)
    if found is None:
        return None
    return Field(found, path)


def switch(values: Source, *path: Key) -> bool | None:
    """A boolean; false if there is no value, as in a template."""
    value = values.get(*path, default=False)
    if not isinstance(value, bool):
        return None
    return value


def is_on(values: Source, *path: Key) -> bool:
    """Whether a boolean is true."""
    return values.get(*path) is True


def table(values: Source, *path: Key) -> Mapping[str, Any]:
    """A mapping; empty if there is none."""
    return typed.mapping(values.tree, *path)


def words(values: Source, *path: Key) -> tuple[Field[str], ...]:
    """A command line: strings and numbers, each with its item's path."""
    found: list[Field[str]] = []
    items = typed.sequence(values.tree, *path)
    for index, item in enumerate(items):
        word = scalar(item)
        if word is None:
            continue
        found.append(Field(word, (*path, index)))
    return tuple(found)


def environment(values: Source, *path: Key) -> dict[str, Field[str] | None]:
    """Variables by name, the last of equal names; None if the values do not hold the text."""
    variables: dict[str, Field[str] | None] = {}
    for name, item, entry in named_items(values, *path):
        # Kubernetes lets a later variable replace an earlier one of the same name.
        variables[name] = None
        word = scalar(item.get("value"))
        if word is not None:
            variables[name] = Field(word, (*entry, "value"))
    return variables


def names(values: Source, *path: Key) -> dict[str, KeyPath]:
    """The path of each name in a list of `{name, ...}`."""
    paths: dict[str, KeyPath] = {}
    for name, _, entry in named_items(values, *path):
        paths[name] = (*entry, "name")
    return paths


def named_items(
    values: Source, *path: Key
) -> Iterator[tuple[str, Mapping[str, Any], KeyPath]]:
    """Name, item and path of the items with a name in a list of mappings."""
    items = typed.sequence(values.tree, *path)
    for index, item in enumerate(items):
        name = typed.text(item, "name")
        if name:
            yield name, item, (*path, index)


def scalar(item: object) -> str | None:
    """A string, number or boolean as our charts print it, or None."""
    # Before the numbers, because a boolean is an int to isinstance().
    if isinstance(item, bool):
        return str(item).lower()
    # Helm reads large whole numbers as floats.
    if isinstance(item, float) and item.is_integer():
        return str(int(item))
    if not isinstance(item, (str, int, float)):
        return None
    return str(item)
