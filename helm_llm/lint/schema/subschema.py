"""Navigation inside a JSON schema: what applies at a path, and which maps have a key."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.lint.schema.validator import Schema, fits, type_names

_GROUPS = ("allOf", "anyOf", "oneOf")
_BRANCHES = ("then", "else")


def alternatives(root: Schema, *schemas: object) -> Iterator[Schema]:
    """Schemas, and all schemas that they refer to or combine for the same instance.

    Each once, since branches may share parts.
    """
    pending = list(reversed(schemas))
    seen = set[int]()
    while pending:
        schema = pending.pop()
        if isinstance(schema, Mapping) and id(schema) not in seen:
            seen.add(id(schema))
            yield schema
            pending += reversed(_combined(root, schema))


def _combined(root: Schema, schema: Schema) -> list[object]:
    found: list[object] = []
    if isinstance(schema.get("$ref"), str):
        found.append(follow_reference(root, schema["$ref"]))
    for group in _GROUPS:
        found += schema.get(group, ())
    found += map(schema.get, _BRANCHES)
    return found


def follow_reference(root: Schema, reference: str) -> object:
    """The target of a local `$ref`, `{}` if there is none."""
    here: object = root
    for word in reference.lstrip("#").split("/")[1:]:
        # JSON Pointer, RFC 6901
        key = word.replace("~1", "/").replace("~0", "~")
        here = lookup(here, (int(key) if key.isdigit() else key,))
    return {} if here is MISSING else here


def below(
    root: Schema, schemas: Iterable[object], key: str | int
) -> tuple[Schema, ...]:
    """The schemas of one key or list item of the instance; empty if nothing describes it."""
    return _below(alternatives(root, *schemas), key)


def _below(parts: Iterable[Schema], key: str | int) -> tuple[Schema, ...]:
    children: dict[int, Schema] = {}
    for part in parts:
        for child in _children(part, key):
            children[id(child)] = child
    return tuple(children.values())


def _children(schema: Schema, key: str | int) -> Iterator[Schema]:
    found: list[object] = []
    if isinstance(key, int):
        found.append(schema.get("items"))
    else:
        if key in schema.get("properties", {}):
            found.append(schema["properties"][key])
        for pattern, child in schema.get("patternProperties", {}).items():
            if fits(pattern, key):
                found.append(child)
        # Only for keys that neither of the others describes.
        if not found:
            found.append(schema.get("additionalProperties"))
    for child in found:
        if isinstance(child, Mapping):
            yield child


def types(root: Schema, schemas: Iterable[object]) -> frozenset[str]:
    """The types that the schemas name; empty if they name none."""
    return frozenset(
        name for part in alternatives(root, *schemas) for name in type_names(part)
    )


def siblings(root: Schema, schemas: Iterable[object]) -> tuple[str, ...]:
    """The keys that the schemas name, in their order."""
    keys: dict[str, None] = {}
    for part in alternatives(root, *schemas):
        keys |= dict.fromkeys(part.get("properties", ()))
    return tuple(keys)


def types_at(root: Schema, path: KeyPath) -> frozenset[str]:
    """The types that a schema names at a path of its instance."""
    return _index(root).types_at(path)


def keys_at(root: Schema, path: KeyPath) -> tuple[str, ...]:
    """The keys that a schema names for the map at a path of its instance."""
    return _index(root).keys_at(path)


def places(root: Schema, key: str) -> tuple[KeyPath, ...]:
    """The maps of the schema with a key, outermost first; list items are not searched."""
    return tuple(_index(root).places().get(key, ()))


_MAX_MAPS = 10_000
"""Maps that are searched: a schema that refers to itself has paths without end."""


@dataclass(slots=True, eq=False)
class _Index:
    """Answers about one schema, each found once: a file may set thousands of keys of a map."""

    root: Schema
    _parts: dict[KeyPath, tuple[Schema, ...]] = field(default_factory=dict)
    _keys: dict[KeyPath, tuple[str, ...]] = field(default_factory=dict)
    _types: dict[tuple[int, ...], frozenset[str]] = field(default_factory=dict)
    _places: dict[str, list[KeyPath]] = field(default_factory=dict)

    def parts_at(self, path: KeyPath) -> tuple[Schema, ...]:
        """Every schema that applies to the map or list at a path."""
        if path not in self._parts:
            schemas = self._schemas_at(path)
            self._parts[path] = tuple(alternatives(self.root, *schemas))
        return self._parts[path]

    def _schemas_at(self, path: KeyPath) -> tuple[Schema, ...]:
        if not path:
            return (self.root,)
        return _below(self.parts_at(path[:-1]), path[-1])

    def keys_at(self, path: KeyPath) -> tuple[str, ...]:
        if path not in self._keys:
            self._keys[path] = siblings(self.root, self.parts_at(path))
        return self._keys[path]

    def types_at(self, path: KeyPath) -> frozenset[str]:
        # Remembered by schema: most paths are those of scalars, and used once.
        schemas = self._schemas_at(path)
        ids = tuple(map(id, schemas))
        if ids not in self._types:
            self._types[ids] = types(self.root, schemas)
        return self._types[ids]

    def places(self) -> Mapping[str, list[KeyPath]]:
        """For each key the maps that have it, outermost first."""
        if not self._places:
            for path, names in self._maps():
                for name in names:
                    self._places.setdefault(name, []).append(path)
        return self._places

    def _maps(self) -> Iterator[tuple[KeyPath, tuple[str, ...]]]:
        """The path and the keys of each map, outermost first."""
        pending: deque[tuple[KeyPath, tuple[Schema, ...], frozenset[int]]] = deque()
        pending.append(((), (self.root,), frozenset()))
        for _ in range(_MAX_MAPS):
            if not pending:
                return
            path, schemas, above = pending.popleft()
            parts = alternatives(self.root, *schemas)
            maps = [part for part in parts if "properties" in part]
            ids = frozenset(map(id, maps))
            # A schema that refers to itself is not followed.
            if above & ids:
                continue
            names = siblings(self.root, maps)
            yield path, names
            for name in names:
                inside = below(self.root, maps, name)
                pending.append(((*path, name), inside, above | ids))


@lru_cache(maxsize=64)
def _index_of(held: _Identity) -> _Index:
    return _Index(held.schema)


@dataclass(frozen=True, slots=True, eq=False)
class _Identity:
    """A schema as a key: equal to itself alone, and kept alive while it is a key."""

    schema: Schema

    def __hash__(self) -> int:
        return id(self.schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.schema is self.schema


def _index(root: Schema) -> _Index:
    return _index_of(_Identity(root))
