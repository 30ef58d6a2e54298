"""Readers of trees whose types nothing has checked, such as answers of the Kubernetes API.

A value of another type than the reader's counts as absent. For values of a chart, where
a wrong type is unknown rather than absent, see `helm_llm.serving.read.fields`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from helm_llm.keypath import MISSING, Key, lookup

Object = Mapping[str, Any]

_LARGEST = 2**63 - 1
"""The largest integer of the Kubernetes API."""


def at(tree: Any, *path: Key) -> Any:
    """The value at a path, or None. Names lead into mappings, numbers into lists."""
    found = lookup(tree, path)
    if found is MISSING:
        return None
    return found


def text(tree: Any, *path: Key) -> str:
    """The text at a path, or the empty text."""
    found = lookup(tree, path)
    if not isinstance(found, str):
        return ""
    return found


def number(tree: Any, *path: Key, default: int = 0) -> int:
    """The integer at a path, or `default` if Kubernetes could not store the value."""
    found = whole(lookup(tree, path))
    if found is None or abs(found) > _LARGEST:
        return default
    return found


def mapping(tree: Any, *path: Key) -> Object:
    """The mapping at a path, or an empty one."""
    found = lookup(tree, path)
    if not isinstance(found, Mapping):
        return {}
    return found


def sequence(tree: Any, *path: Key) -> Sequence[Any]:
    """The list at a path, or an empty one."""
    found = lookup(tree, path)
    if not isinstance(found, (list, tuple)):
        return ()
    return found


def mappings(tree: Any, *path: Key) -> tuple[Object, ...]:
    """The mappings in the list at a path."""
    return tuple(item for item in sequence(tree, *path) if isinstance(item, Mapping))


def texts(tree: Any, *path: Key) -> tuple[str, ...]:
    """The texts in the list at a path."""
    return tuple(item for item in sequence(tree, *path) if isinstance(item, str))


def whole(value: object) -> int | None:
    """The integer that a value is: `4` or `4.0`, but not a boolean."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, int):
        return None
    return value


def shown(value: object) -> str:
    """A scalar as text for messages; the empty text for anything else."""
    if not isinstance(value, (str, int, float)):
        return ""
    return str(value)
