"""Paths of values: `("resources", "limits", "nvidia.com/gpu")`, written as for `--set`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Key: TypeAlias = str | int
KeyPath: TypeAlias = tuple[Key, ...]

MISSING: Any = object()


def dotted(path: KeyPath) -> str:
    """`("a", "nvidia.com/gpu", 0, "b")` -> `a.nvidia\\.com/gpu[0].b`, as `--set` takes it."""
    words = [
        f"[{key}]" if isinstance(key, int) else "." + _escaped(key) for key in path
    ]
    return "".join(words).removeprefix(".")


def _escaped(key: str) -> str:
    return "".join("\\" + char if char in ".,=[]{}\\" else char for char in key)


def lookup(tree: Any, path: KeyPath) -> Any:
    """The value at a path, or MISSING."""
    for key in path:
        if isinstance(key, int):
            if (
                not isinstance(tree, Sequence)
                or isinstance(tree, str)
                or not 0 <= key < len(tree)
            ):
                return MISSING
            tree = tree[key]
        elif not isinstance(tree, (dict, Mapping)) or key not in tree:
            return MISSING
        else:
            tree = tree[key]
    return tree


def scalars(tree: Any) -> Iterator[tuple[KeyPath, Any]]:
    """Every scalar below a map or list with its path, in order."""
    pending: list[tuple[KeyPath, Any]] = [((), tree)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending.extend(
                [((*path, key), child) for key, child in value.items()][::-1]
            )
        elif isinstance(value, list):
            pending.extend(
                [((*path, index), child) for index, child in enumerate(value)][::-1]
            )
        else:
            yield path, value
