"""YAML text -> nodes, in one pass over the parser's events and without recursion."""

from __future__ import annotations

from dataclasses import dataclass, field

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
"""Far below Helm's limit of 10,000 levels, so that every later stage may recurse."""

MAX_NODES = 1_000_000
"""Keys and values of one text. A million of them take five seconds and 300 MB."""

TOO_DEEP = f"this is nested more than {MAX_DEPTH} levels deep"
COLLECTION_AS_KEY = (
    "a mapping or list cannot be a key; text that starts with {{ needs quotes"
)


@dataclass(slots=True)
class Composer:
    """Composes the first document of a text.

    `offset` is added to every position. `repeated` collects the path, the later key
    and the dropped key of each key that a mapping has twice.
    """

    offset: int = 0
    root: Node | None = None
    repeated: list[tuple[KeyPath, Node, Node]] = field(default_factory=list)
    _open: list[Collection] = field(default_factory=list)
    _anchors: dict[str, Node] = field(default_factory=dict)
    _decoded: int = 0
    _added: int = 0
    _from_aliases: int = 0

    def compose(self, text: str) -> Node | None:
        """Return the root node, None when there is no document."""
        parser = _Parser(text)
        end = (yaml.DocumentEndEvent, yaml.StreamEndEvent)
        while not isinstance(event := parser.get_event(), end):
            if isinstance(event, yaml.ScalarEvent):
                self._add_scalar(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._close_collection(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._open_collection(event)
            elif isinstance(event, yaml.AliasEvent):
                self._add_alias(event)
        return self.root

    def _add_scalar(self, event: yaml.ScalarEvent) -> None:
        start, end = self._span(event)
        plain = event.implicit[0]
        convert = as_value
        if self._at_key():
            convert = as_key
        try:
            raw = resolve(event.value, event.tag, plain)
            value = convert(raw)
        except ValueError as error:
            raise InvalidYaml(start, end, str(error)) from None
        node = ScalarNode(start, end, value, raw=raw, plain=plain)
        # In quotes, `<<` is an ordinary key.
        if event.value == "<<":
            node.merge = plain or event.tag == MERGE
        self._add(node, event.anchor)

    def _add_alias(self, event: yaml.AliasEvent) -> None:
        start, end = self._span(event)
        target = self._alias_target(event, start, end)
        value = target.value
        if isinstance(target, ScalarNode):
            # As a key a scalar may read differently: `1` is the string "1".
            convert = as_value
            if self._at_key():
                convert = as_key
            value = convert(target.raw)
        size = target.size + 1
        node = AliasNode(start, end, value, size, target.height, target=target)
        self._add(node, None)
        self._from_aliases += target.size
        if self._is_bomb():
            raise InvalidYaml(
                start,
                end,
                "the aliases expand to too many values, so Helm refuses this file",
            )

    def _alias_target(self, event: yaml.AliasEvent, start: int, end: int) -> Node:
        target = self._anchors.get(event.anchor or "")
        if target is None:
            message = f"there is no anchor &{event.anchor} above this alias"
            raise InvalidYaml(start, end, message)
        if isinstance(target, Collection):
            if not target.closed:
                message = f"the anchor &{event.anchor} contains itself"
                raise InvalidYaml(start, end, message)
            if self._at_key():
                raise InvalidYaml(start, end, COLLECTION_AS_KEY)
        return target

    def _open_collection(self, event: yaml.CollectionStartEvent) -> None:
        start, end = self._span(event)
        if self._at_key():
            raise InvalidYaml(start, end, COLLECTION_AS_KEY)
        if len(self._open) >= MAX_DEPTH:
            raise InvalidYaml(start, end, TOO_DEEP)
        node = Collection(start, end, mapping=isinstance(event, yaml.MappingStartEvent))
        self._add(node, event.anchor)
        self._open.append(node)

    def _close_collection(self, event: yaml.CollectionEndEvent) -> None:
        node = self._open.pop()
        start, end = self._span(event)
        # The end of a block collection is an empty event after its last item.
        node.end = end
        if end == start:
            node.end = node.items[-1].end
        height = 0
        for item in node.items:
            node.size += item.size
            height = max(height, item.height)
        node.height = height + 1
        if node.height > MAX_DEPTH:  # aliases nest without nesting in the text
            raise InvalidYaml(node.start, node.end, TOO_DEEP)
        if node.mapping:
            node.value = self._mapping_value(node)
        else:
            node.value = [item.value for item in node.items]
        node.closed = True

    def _mapping_value(self, node: Collection) -> dict[str, object]:
        tree: dict[str, object] = {}
        keys: dict[str, Node] = {}
        for key, value in node.pairs():
            if isinstance(key, ScalarNode) and key.merge:
                # Helm's YAML library lets a merge override the keys before it.
                for source in merge_sources(value):
                    tree.update(source.value)
                continue
            name = key.value
            if name in keys:
                path = (*self._path(), name)
                self.repeated.append((path, key, keys[name]))
            keys[name] = key
            tree[name] = value.value
        return tree

    def _add(self, node: Node, anchor: str | None) -> None:
        self._decoded += node.size
        self._added += 1
        if self._added > MAX_NODES:
            message = f"this file has more than {MAX_NODES:,} keys and values"
            raise InvalidYaml(node.start, node.end, message)
        if anchor is not None:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1].items.append(node)
        else:
            self.root = node

    def _at_key(self) -> bool:
        if not self._open:
            return False
        parent = self._open[-1]
        return parent.mapping and len(parent.items) % 2 == 0

    def _path(self) -> KeyPath:
        path: list[str | int] = []
        for parent in self._open:
            if parent.mapping:
                path.append(parent.items[-2].value)
            else:
                path.append(len(parent.items) - 1)
        return tuple(path)

    def _span(self, event: yaml.Event) -> tuple[int, int]:
        start, end = event.start_mark, event.end_mark
        assert start is not None, event  # noqa: S101 - only events made by hand have no marks
        assert end is not None, event  # noqa: S101
        return start.index + self.offset, end.index + self.offset

    def _is_bomb(self) -> bool:
        # The limits of Helm's YAML library: aliases may make up 99 % of a small
        # document, but only 10 % of a huge one.
        decoded = self._decoded
        if self._from_aliases <= 100 or decoded <= 1000:
            return False
        beyond = min(max(decoded - 400_000, 0), 3_600_000)
        allowed = 0.99 - 0.89 * beyond / 3_600_000
        return self._from_aliases / decoded > allowed
