"""Helm's merge of two maps of values, and what each version of Helm does with nulls.

Parts of a tree that do not change are shared, not copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

Tree: TypeAlias = "Mapping[str, Any]"
Version: TypeAlias = "tuple[int, int, int]"


class Nulls(NamedTuple):
    """What a version of Helm does with nulls; it changed in point releases."""

    drops_defaults: bool
    """Drops a null in the chart's values.yaml."""
    drops_unknown: bool
    """Drops a user's null in a map of the chart even if the chart lacks the key."""
    drops_null_default: bool
    """Lets a user's null in a map of the chart drop a default that is null itself."""

    @classmethod
    def of(cls, version: Version) -> Nulls:
        """The behavior of this version."""
        is_early_4 = (4, 0, 0) <= version < (4, 1, 1)
        return cls(
            drops_defaults=version >= (4, 2, 0),
            drops_unknown=is_early_4,
            drops_null_default=version < (3, 20, 1) or is_early_4,
        )


KEEP_NULLS = Nulls(drops_defaults=False, drops_unknown=False, drops_null_default=False)


def merge_tables(
    upper: Tree, lower: Tree, nulls: Nulls, *, keep: bool
) -> dict[str, Any]:
    """Both maps, the upper one winning.

    A null in the upper map removes the key; `keep` leaves it there for a later merge.
    """
    out = dict(upper)
    for key, default in lower.items():
        if key not in upper:
            out[key] = default
            continue
        value = upper[key]
        if isinstance(default, dict) and isinstance(value, dict):
            out[key] = merge_tables(value, default, nulls, keep=keep)
        elif value is None and not keep:
            has_default = default is not None or nulls.drops_null_default
            if has_default:
                del out[key]
    if nulls.drops_unknown and not keep:
        for key, value in upper.items():
            if value is None:
                out.pop(key, None)
    return out


def drop_nulls(tree: Tree) -> Tree:
    """The map without nulls at any depth of maps; the same object if there are none."""
    clean: dict[str, Any] = {}
    is_same = True
    for key, value in tree.items():
        if value is None:
            is_same = False
            continue
        kept = value
        if isinstance(value, dict):
            kept = drop_nulls(value)
            is_same = is_same and kept is value
        clean[key] = kept
    if is_same:
        return tree
    return clean
