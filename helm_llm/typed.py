"""Reading trees whose types nobody checked: a value of another type than the one asked for is absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from helm_llm.keypath import MISSING, lookup

Object = Mapping[str, Any]

_LARGEST = 2**63 - 1
"""Of the integers that the API of Kubernetes knows."""


def at(tree: Any, *path: str | int) -> Any:
    """The value at a path, None where there is none; names lead into mappings and numbers into lists."""
    found = lookup(tree, path)
    return None if found is MISSING else found


def text(tree: Any, *path: str | int) -> str:
    """The text at a path, empty where there is none."""
    found = lookup(tree, path)
    return found if isinstance(found, str) else ""


def number(tree: Any, *path: str | int, default: int = 0) -> int:
    """The integer at a path, `default` where there is none that Kubernetes could hold."""
    found = whole(lookup(tree, path))
    return default if found is None or abs(found) > _LARGEST else found


def mapping(tree: Any, *path: str | int) -> Object:
    """The mapping at a path, an empty one where there is none."""
    found = lookup(tree, path)
    return found if isinstance(found, Mapping) else {}


def sequence(tree: Any, *path: str | int) -> Sequence[Any]:
    """The list at a path, an empty one where there is none."""
    found = lookup(tree, path)
    return found if isinstance(found, (list, tuple)) else ()


def mappings(tree: Any, *path: str | int) -> tuple[Object, ...]:
    """The mappings in the list at a path."""
    return tuple(item for item in sequence(tree, *path) if isinstance(item, Mapping))


def texts(tree: Any, *path: str | int) -> tuple[str, ...]:
    """The texts in the list at a path."""
    return tuple(item for item in sequence(tree, *path) if isinstance(item, str))


def whole(value: Any) -> int | None:
    """The integer that a value is, as `4` or `4.0`."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def shown(value: Any) -> str:
    """A scalar as text for messages, the empty text for anything else."""
    return str(value) if isinstance(value, (str, int, float)) else ""
