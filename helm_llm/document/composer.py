"""YAML text -> nodes, in one pass over the parser's events and without recursion."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from helm_llm.document.nodes import (
    AliasNode,
    Collection,
    InvalidYaml,
    Node,
    ScalarNode,
    merge_sources,
)
from helm_llm.document.scalars import MERGE, as_key, as_value, resolve
from helm_llm.keypath import KeyPath

try:
    from yaml import CSafeLoader as _Parser
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader as _Parser  # type: ignore[assignment]

MAX_DEPTH = 200
"""Nobody nests values this deep (Helm stops at 10,000 levels), and every later stage may recurse safely."""

MAX_NODES = 1_000_000
"""Keys and values of one text: a million of them take five seconds and 300 MB."""

TOO_DEEP = f"this is nested more than {MAX_DEPTH} levels deep"
COLLECTION_AS_KEY = (
    "a mapping or list cannot be a key; text that starts with {{ needs quotes"
)


@dataclass(slots=True)
class Composer:
    """Composes the first document of a text; `repeated` gathers (path, later key, dropped key)."""

    offset: int = 0
    root: Node | None = None
    repeated: list[tuple[KeyPath, Node, Node]] = field(default_factory=list)
    _open: list[Collection] = field(default_factory=list)
    _anchors: dict[str, Node] = field(default_factory=dict)
    _decoded: int = 0
    _added: int = 0
    _from_aliases: int = 0

    def compose(self, text: str) -> Node | None:
        """The root node, None when there is no document."""
        parser = _Parser(text)
        while not isinstance(
            event := parser.get_event(), (yaml.DocumentEndEvent, yaml.StreamEndEvent)
        ):
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._close(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._start(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
        return self.root

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        start, end = self._span(event)
        plain = event.implicit[0]
        try:
            raw = resolve(event.value, event.tag, plain)
            node = ScalarNode(
                start,
                end,
                as_key(raw) if self._at_key() else as_value(raw),
                raw=raw,
                plain=plain,
            )
        except ValueError as error:
            raise InvalidYaml(start, end, str(error)) from None
        node.merge = event.value == "<<" and (plain or event.tag == MERGE)
        self._add(node, event.anchor)

    def _alias(self, event: yaml.AliasEvent) -> None:
        start, end = self._span(event)
        target = self._anchors.get(event.anchor or "")
        if target is None:
            raise InvalidYaml(
                start, end, f"there is no anchor &{event.anchor} above this alias"
            )
        if isinstance(target, Collection) and not target.closed:
            raise InvalidYaml(start, end, f"the anchor &{event.anchor} contains itself")
        if isinstance(target, Collection) and self._at_key():
            raise InvalidYaml(start, end, COLLECTION_AS_KEY)
        value = target.value
        if isinstance(target, ScalarNode):
            value = as_key(target.raw) if self._at_key() else as_value(target.raw)
        self._add(
            AliasNode(start, end, value, target.size + 1, target.height, target=target),
            None,
        )
        self._from_aliases += target.size
        if self._is_bomb():
            raise InvalidYaml(
                start,
                end,
                "the aliases expand to too many values, Helm refuses such a file",
            )

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        start, end = self._span(event)
        if self._at_key():
            raise InvalidYaml(start, end, COLLECTION_AS_KEY)
        if len(self._open) >= MAX_DEPTH:
            raise InvalidYaml(start, end, TOO_DEEP)
        node = Collection(start, end, mapping=isinstance(event, yaml.MappingStartEvent))
        self._add(node, event.anchor)
        self._open.append(node)

    def _close(self, event: yaml.CollectionEndEvent) -> None:
        node = self._open.pop()
        start, end = self._span(event)
        node.end = end if end > start else node.items[-1].end
        node.size += sum(item.size for item in node.items)
        node.height = 1 + max((item.height for item in node.items), default=0)
        if node.height > MAX_DEPTH:
            raise InvalidYaml(node.start, node.end, TOO_DEEP)
        node.value = (
            self._mapping(node) if node.mapping else [item.value for item in node.items]
        )
        node.closed = True

    def _mapping(self, node: Collection) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        keys: dict[str, Node] = {}
        for key, value in node.pairs():
            if isinstance(key, ScalarNode) and key.merge:
                for source in merge_sources(value):
                    # Helm's YAML library lets a merge override the keys before it.
                    tree.update(source.value)
                continue
            if key.value in keys:
                self.repeated.append(((*self._path(), key.value), key, keys[key.value]))
            keys[key.value] = key
            tree[key.value] = value.value
        return tree

    def _add(self, node: Node, anchor: str | None) -> None:
        self._decoded += node.size
        self._added += 1
        if self._added > MAX_NODES:
            raise InvalidYaml(
                node.start,
                node.end,
                f"this holds more than {MAX_NODES:,} keys and values",
            )
        if anchor is not None:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1].items.append(node)
        else:
            self.root = node

    def _at_key(self) -> bool:
        return (
            bool(self._open)
            and self._open[-1].mapping
            and len(self._open[-1].items) % 2 == 0
        )

    def _path(self) -> KeyPath:
        return tuple(
            c.items[-2].value if c.mapping else len(c.items) - 1 for c in self._open
        )

    def _span(self, event: yaml.Event) -> tuple[int, int]:
        start, end = event.start_mark, event.end_mark
        return (start.index if start else 0) + self.offset, (
            end.index if end else 0
        ) + self.offset

    def _is_bomb(self) -> bool:
        # The limits of Helm's YAML library: 99 % of a small document may come from aliases, 10 % of a huge one.
        if self._from_aliases <= 100 or self._decoded <= 1000:
            return False
        beyond = min(max(self._decoded - 400_000, 0), 3_600_000)
        return self._from_aliases / self._decoded > 0.99 - 0.89 * beyond / 3_600_000
