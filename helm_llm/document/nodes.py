"""Nodes of a YAML document: the position of each value, and what Helm reads there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from helm_llm.document.scalars import Scalar
from helm_llm.keypath import KeyPath


class InvalidYaml(Exception):
    """The text between two offsets cannot be read, and why."""

    def __init__(self, start: int, end: int, message: str) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.message = message


@dataclass(slots=True, eq=False)
class Node:
    """A value between the offsets `start` and `end`.

    `size` counts nodes with every alias expanded, `height` the levels of nesting.
    """

    start: int
    end: int
    value: Any = None
    size: int = 1
    height: int = 0


@dataclass(slots=True, eq=False)
class ScalarNode(Node):
    """A scalar. `raw` is its value before JSON; `merge` marks the key `<<`."""

    raw: Scalar = None
    plain: bool = False
    merge: bool = False


@dataclass(slots=True, eq=False)
class AliasNode(Node):
    """`*name`. The text of the value is the target's."""

    target: Node | None = None


def resolve_alias(node: Node) -> Node | None:
    """The target of an alias, any other node itself."""
    if isinstance(node, AliasNode):
        return node.target
    return node


Entry: TypeAlias = "tuple[Node, Node]"
"""A key and its value."""


@dataclass(slots=True, eq=False)
class Collection(Node):
    """A sequence, or a mapping with the items key, value, key, value."""

    items: list[Node] = field(default_factory=list)
    mapping: bool = False
    closed: bool = False
    _entries: dict[str | int, Entry] | None = None

    def pairs(self) -> Iterator[Entry]:
        """Keys and values of a mapping, in order."""
        return zip(self.items[::2], self.items[1::2], strict=True)

    def entry(self, key: str | int) -> Entry | None:
        """The last entry of a mapping with this key, including entries from merges."""
        return self.entries().get(key)

    def entries(self) -> dict[str | int, Entry]:
        """The last entry for each key of a mapping, including entries from merges."""
        # Built once, because searching the pairs for every key would be quadratic.
        if self._entries is not None:
            return self._entries
        entries: dict[str | int, Entry] = {}
        for key, value in self.pairs():
            if isinstance(key, ScalarNode) and key.merge:
                merged = _merge_entries(key, value)
                entries.update(merged)
            else:
                entries[key.value] = (key, value)
        self._entries = entries
        return entries


def _merge_entries(key: Node, value: Node) -> dict[str | int, Entry]:
    """Entries that `<<: ...` adds. Those of an alias are at the position of the alias."""
    entries: dict[str | int, Entry] = {}
    for source in merge_sources(value):
        if isinstance(source, Collection):
            entries.update(source.entries())
        else:
            entries.update(dict.fromkeys(source.value, (key, source)))
    return entries


def merge_sources(value: Node) -> list[Node]:
    """The mappings in the value of a merge key; later ones override earlier ones."""
    sources = [value]
    if isinstance(value, Collection) and not value.mapping:
        sources = value.items[::-1]
    for source in sources:
        target = resolve_alias(source)
        if not isinstance(target, Collection) or not target.mapping:
            message = "`<<` takes a mapping or a list of mappings"
            raise InvalidYaml(source.start, source.end, message)
    return sources


def scalar_spans(root: Node) -> Iterator[tuple[int, int]]:
    """Start and end offset of every scalar, keys included, in order."""
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Collection):
            pending.extend(reversed(node.items))
        elif isinstance(node, ScalarNode):
            yield node.start, node.end


def descend(node: Node, path: KeyPath) -> tuple[Node | None, Node] | None:
    """The key and value at a path below a node; the key is None for a list item."""
    key: Node | None = None
    for step in path:
        target = resolve_alias(node)
        if not isinstance(target, Collection):
            return None
        if not target.mapping:
            if not isinstance(step, int):
                return None
            if not 0 <= step < len(target.items):
                return None
            key = None
            node = target.items[step]
            continue
        entry = target.entry(step)
        if entry is None:
            return None
        key, node = entry
        if isinstance(node, AliasNode) and isinstance(key, ScalarNode) and key.merge:
            # All that `<<: *name` adds is in the text only as this alias.
            return key, node
    return key, node
