"""Paths of values: `("resources", "limits", "nvidia.com/gpu")`, written as for `--set`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Key: TypeAlias = str | int
KeyPath: TypeAlias = tuple[Key, ...]

MISSING: Any = object()

_SPECIAL = frozenset(".,=[]{}\\")
"""Characters that `--set` takes literally only after a backslash."""


def dotted(path: KeyPath) -> str:
    """`("a", "nvidia.com/gpu", 0, "b")` -> `a.nvidia\\.com/gpu[0].b`, as for `--set`."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += "." + escape_key(key)
    return text.removeprefix(".")


def escape_key(key: str) -> str:
    """The key with a backslash before each character that is special in `--set`."""
    if _SPECIAL.isdisjoint(key):
        return key
    return "".join("\\" + char if char in _SPECIAL else char for char in key)


def lookup(tree: object, path: KeyPath) -> Any:
    """The value at a path, or MISSING."""
    for key in path:
        if isinstance(key, int):
            if not isinstance(tree, Sequence) or isinstance(tree, str):
                return MISSING
            if not 0 <= key < len(tree):
                return MISSING
            tree = tree[key]
        elif isinstance(tree, (dict, Mapping)) and key in tree:
            # `dict` comes first because the check against an abstract class is slow.
            tree = tree[key]
        else:
            return MISSING
    return tree


def scalars(tree: object) -> Iterator[tuple[KeyPath, Any]]:
    """Every scalar below a map or list with its path, in order."""
    pending: list[tuple[KeyPath, object]] = [((), tree)]
    while pending:
        path, value = pending.pop()
        entries: Iterable[tuple[str | int, object]]
        if isinstance(value, dict):
            entries = value.items()
        elif isinstance(value, list):
            entries = enumerate(value)
        else:
            yield path, value
            continue
        children = [((*path, key), child) for key, child in entries]
        pending.extend(reversed(children))
