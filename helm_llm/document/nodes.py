"""The nodes of a YAML document: where a value stands in the text, and what Helm reads there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from helm_llm.document.scalars import Scalar
from helm_llm.keypath import KeyPath


class InvalidYaml(Exception):
    """The text cannot be read: from where to where, as offsets into it, and why."""

    def __init__(self, start: int, end: int, message: str) -> None:
        super().__init__(message)
        self.start, self.end, self.message = start, end, message


@dataclass(slots=True, eq=False)
class Node:
    """A value in the text. `size` counts nodes with every alias expanded, `height` the levels of nesting."""

    start: int
    end: int
    value: Any = None
    size: int = 1
    height: int = 0


@dataclass(slots=True, eq=False)
class ScalarNode(Node):
    """`raw` is what a key needs: the scalar before its trip through JSON; `merge` marks the key `<<`."""

    raw: Scalar = None
    plain: bool = False
    merge: bool = False


@dataclass(slots=True, eq=False)
class AliasNode(Node):
    """`*name`: the text that the value comes from is the target's."""

    target: Node | None = None


@dataclass(slots=True, eq=False)
class Collection(Node):
    """A sequence, or a mapping whose items are key, value, key, value."""

    items: list[Node] = field(default_factory=list)
    mapping: bool = False
    closed: bool = False
    _entries: dict[Any, tuple[Node, Node]] | None = None

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        return zip(self.items[::2], self.items[1::2], strict=True)

    def entry(self, key: str | int) -> tuple[Node, Node] | None:
        """The key and the value that count for a key of a mapping, be it from a merge."""
        if self._entries is None:
            # Found once for all keys: a search through the pairs for each key grows with the square of them.
            self._entries = {}
            for name, value in self.pairs():
                if isinstance(name, ScalarNode) and name.merge:
                    self._entries.update(_from_merge(name, value))
                else:
                    self._entries[name.value] = (name, value)
        return self._entries.get(key)

    def entries(self) -> dict[Any, tuple[Node, Node]]:
        """The same for every key."""
        self.entry("")
        return self._entries or {}


def merge_sources(value: Node) -> list[Node]:
    """The mappings that a merge key's value stands for, the strongest last."""
    sources = (
        value.items[::-1]
        if isinstance(value, Collection) and not value.mapping
        else [value]
    )
    for source in sources:
        target = source.target if isinstance(source, AliasNode) else source
        if not isinstance(target, Collection) or not target.mapping:
            raise InvalidYaml(
                source.start, source.end, "`<<` takes a mapping or a list of mappings"
            )
    return sources


def scalar_spans(root: Node) -> Iterator[tuple[int, int]]:
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Collection):
            pending.extend(reversed(node.items))
        elif isinstance(node, ScalarNode):
            yield node.start, node.end


def descend(node: Node, path: KeyPath) -> tuple[Node | None, Node] | None:
    key: Node | None = None
    for step in path:
        target = node.target if isinstance(node, AliasNode) else node
        if not isinstance(target, Collection):
            return None
        if not target.mapping:
            if not isinstance(step, int) or not 0 <= step < len(target.items):
                return None
            key, node = None, target.items[step]
        elif (pair := target.entry(step)) is None:
            return None
        else:
            key, node = pair
            if (
                isinstance(key, ScalarNode)
                and key.merge
                and isinstance(node, AliasNode)
            ):
                return key, node
    return key, node


def _from_merge(key: Node, value: Node) -> dict[Any, tuple[Node, Node]]:
    """The entries that `<<: ...` makes. Those of an alias all stand where the alias stands."""
    found: dict[Any, tuple[Node, Node]] = {}
    for source in merge_sources(value):
        if isinstance(source, Collection):
            found.update(source.entries())
        else:
            found.update(dict.fromkeys(source.value, (key, source)))
    return found
