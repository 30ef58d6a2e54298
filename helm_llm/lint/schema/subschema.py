"""Finding one's way inside a JSON schema: what applies at a path, which places have a key."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.lint.schema.validator import Schema, fits, type_names

_GROUPS = ("allOf", "anyOf", "oneOf")
_BRANCHES = ("then", "else")


def alternatives(root: Schema, *schemas: Any) -> Iterator[Schema]:
    """Schemas and all that they refer to or combine, for the same instance, each once: branches may share parts."""
    pending, seen = list(schemas[::-1]), set[int]()
    while pending:
        schema = pending.pop()
        if isinstance(schema, Mapping) and id(schema) not in seen:
            seen.add(id(schema))
            yield schema
            pending += list(_combined(root, schema))[::-1]


def _combined(root: Schema, schema: Schema) -> Iterator[Any]:
    reference = schema.get("$ref")
    if isinstance(reference, str):
        yield follow_reference(root, reference)
    for group in _GROUPS:
        yield from schema.get(group, ())
    for name in _BRANCHES:
        yield schema.get(name)


def follow_reference(root: Schema, reference: str) -> Any:
    """What a local `$ref` points at, `{}` when it points nowhere."""
    words = [
        word.replace("~1", "/").replace("~0", "~")
        for word in reference.lstrip("#").split("/")[1:]
    ]
    target = lookup(
        root, tuple(int(word) if word.isdigit() else word for word in words)
    )
    return {} if target is MISSING else target


def below(root: Schema, schemas: Iterable[Any], key: str | int) -> tuple[Schema, ...]:
    """The schemas of one key or list item of the instance; empty means that nothing is said about it."""
    return _below(alternatives(root, *schemas), key)


def _below(parts: Iterable[Schema], key: str | int) -> tuple[Schema, ...]:
    return tuple(
        {id(child): child for part in parts for child in _children(part, key)}.values()
    )


def _children(schema: Schema, key: str | int) -> Iterator[Schema]:
    if isinstance(key, int):
        items = schema.get("items")
        if isinstance(items, Mapping):
            yield items
        return
    named = schema.get("properties", {}).get(key)
    matching = [
        one
        for pattern, one in schema.get("patternProperties", {}).items()
        if fits(pattern, key)
    ]
    if named is None and not matching:
        matching = [schema.get("additionalProperties")]
    yield from (one for one in (named, *matching) if isinstance(one, Mapping))


def types(root: Schema, schemas: Iterable[Any]) -> frozenset[str]:
    """The types that the schemas name; empty when they name none."""
    return frozenset(
        name for part in alternatives(root, *schemas) for name in type_names(part)
    )


def siblings(root: Schema, schemas: Iterable[Any]) -> tuple[str, ...]:
    """The keys that the schemas name, in their order."""
    parts = alternatives(root, *schemas)
    return tuple(
        dict.fromkeys(key for part in parts for key in part.get("properties", {}))
    )


def types_at(root: Schema, path: KeyPath) -> frozenset[str]:
    """The types that a schema names at a path of its instance."""
    return _index(root).types_at(path)


def keys_at(root: Schema, path: KeyPath) -> tuple[str, ...]:
    """The keys that a schema names for the map at a path of its instance."""
    return _index(root).keys_at(path)


def places(root: Schema, key: str) -> tuple[KeyPath, ...]:
    """The maps of the schema that have a key, outermost first; list items are not searched."""
    return tuple(_index(root).places().get(key, ()))


_MOST_PLACES = 10_000
"""Maps that are looked into: a schema whose parts refer to each other has more paths than anybody could list."""


@dataclass(slots=True, eq=False)
class _Index:
    """Answers about one schema, each found once: a file may hold thousands of keys of one map."""

    root: Schema
    _parts: dict[KeyPath, tuple[Schema, ...]] = field(default_factory=dict)
    _keys: dict[KeyPath, tuple[str, ...]] = field(default_factory=dict)
    _types: dict[tuple[int, ...], frozenset[str]] = field(default_factory=dict)
    _places: dict[str, list[KeyPath]] | None = None

    def parts_at(self, path: KeyPath) -> tuple[Schema, ...]:
        """Every schema that applies to the map or list at a path."""
        if path not in self._parts:
            at = _below(self.parts_at(path[:-1]), path[-1]) if path else (self.root,)
            self._parts[path] = tuple(alternatives(self.root, *at))
        return self._parts[path]

    def keys_at(self, path: KeyPath) -> tuple[str, ...]:
        if path not in self._keys:
            self._keys[path] = siblings(self.root, self.parts_at(path))
        return self._keys[path]

    def types_at(self, path: KeyPath) -> frozenset[str]:
        """Without remembering the path itself: most are of scalars, each asked for once."""
        schemas = _below(self.parts_at(path[:-1]), path[-1]) if path else (self.root,)
        known = tuple(map(id, schemas))
        if known not in self._types:
            self._types[known] = types(self.root, schemas)
        return self._types[known]

    def places(self) -> Mapping[str, list[KeyPath]]:
        """For each key the maps that have it, outermost first."""
        if self._places is None:
            self._places = {}
            for path, names in self._maps():
                for name in names:
                    self._places.setdefault(name, []).append(path)
        return self._places

    def _maps(self) -> Iterator[tuple[KeyPath, tuple[str, ...]]]:
        pending: deque[tuple[KeyPath, tuple[Schema, ...], frozenset[int]]] = deque(
            [((), (self.root,), frozenset())]
        )
        for _ in range(_MOST_PLACES):
            if not pending:
                return
            path, schemas, above = pending.popleft()
            maps = [
                part
                for part in alternatives(self.root, *schemas)
                if "properties" in part
            ]
            if not above.isdisjoint(map(id, maps)):  # a schema that refers to itself
                continue
            names = siblings(self.root, maps)
            yield path, names
            inside = above.union(map(id, maps))
            pending.extend(
                ((*path, name), below(self.root, maps, name), inside) for name in names
            )


@lru_cache(maxsize=64)
def _index_of(held: _Held) -> _Index:
    return _Index(held.root)


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A schema as a key: equal only to itself, and not gone while it is known."""

    root: Schema

    def __hash__(self) -> int:
        return id(self.root)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.root is self.root


def _index(root: Schema) -> _Index:
    return _index_of(_Held(root))
