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
    pending = list(schemas)
    # The last of a list is popped first, so reversing keeps the order of the schema.
    pending.reverse()
    seen = set[int]()
    while pending:
        schema = pending.pop()
        # A schema may also be a boolean, which describes nothing.
        if not isinstance(schema, Mapping):
            continue
        identity = id(schema)
        if identity in seen:
            continue
        seen.add(identity)
        yield schema
        combined = _combined(root, schema)
        pending += reversed(combined)


def _combined(root: Schema, schema: Schema) -> list[object]:
    found: list[object] = []
    reference = schema.get("$ref")
    if isinstance(reference, str):
        target = follow_reference(root, reference)
        found.append(target)
    for group in _GROUPS:
        found += schema.get(group, ())
    found += map(schema.get, _BRANCHES)
    return found


def follow_reference(root: Schema, reference: str) -> object:
    """The target of a local `$ref`, `{}` if there is none."""
    here: object = root
    _, *words = reference.lstrip("#").split("/")
    for word in words:
        # JSON Pointer, RFC 6901: `~01` is `~1`, so `~0` comes last.
        name = word.replace("~1", "/").replace("~0", "~")
        key: str | int = name
        if name.isdigit():
            key = int(name)
        here = lookup(here, (key,))
    if here is MISSING:
        return {}
    return here


def below(
    root: Schema, schemas: Iterable[object], key: str | int
) -> tuple[Schema, ...]:
    """The schemas of one key or list item of the instance; empty if nothing describes it."""
    return _below(alternatives(root, *schemas), key)


def _below(parts: Iterable[Schema], key: str | int) -> tuple[Schema, ...]:
    children: dict[int, Schema] = {}
    for part in parts:
        for child in _children(part, key):
            # By identity, since a map cannot be a key.
            identity = id(child)
            children[identity] = child
    return tuple(children.values())


def _children(schema: Schema, key: str | int) -> Iterator[Schema]:
    found: list[object] = []
    if isinstance(key, int):
        items = schema.get("items")
        found.append(items)
    else:
        properties = schema.get("properties", {})
        if key in properties:
            found.append(properties[key])
        patterns = schema.get("patternProperties", {})
        for pattern, child in patterns.items():
            if fits(pattern, key):
                found.append(child)
        # Only for keys that neither of the others describes.
        if not found:
            others = schema.get("additionalProperties")
            found.append(others)
    for child in found:
        if isinstance(child, Mapping):
            yield child


def types(root: Schema, schemas: Iterable[object]) -> frozenset[str]:
    """The types that the schemas name; empty if they name none."""
    names: set[str] = set()
    for part in alternatives(root, *schemas):
        names.update(type_names(part))
    return frozenset(names)


def siblings(root: Schema, schemas: Iterable[object]) -> tuple[str, ...]:
    """The keys that the schemas name, in their order."""
    keys: dict[str, None] = {}
    for part in alternatives(root, *schemas):
        properties = part.get("properties", ())
        keys |= dict.fromkeys(properties)
    return tuple(keys)


def types_at(root: Schema, path: KeyPath) -> frozenset[str]:
    """The types that a schema names at a path of its instance."""
    return _index(root).types_at(path)


def keys_at(root: Schema, path: KeyPath) -> tuple[str, ...]:
    """The keys that a schema names for the map at a path of its instance."""
    return _index(root).keys_at(path)


def places(root: Schema, key: str) -> tuple[KeyPath, ...]:
    """The maps of the schema with a key, outermost first; list items are not searched."""
    found = _index(root).places().get(key, ())
    return tuple(found)


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
        known = self._parts.get(path)
        if known is not None:
            return known
        schemas = self._schemas_at(path)
        parts = tuple(alternatives(self.root, *schemas))
        self._parts[path] = parts
        return parts

    def _schemas_at(self, path: KeyPath) -> tuple[Schema, ...]:
        if not path:
            return (self.root,)
        *above, key = path
        parts = self.parts_at(tuple(above))
        return _below(parts, key)

    def keys_at(self, path: KeyPath) -> tuple[str, ...]:
        if path not in self._keys:
            parts = self.parts_at(path)
            self._keys[path] = siblings(self.root, parts)
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
                    paths = self._places.setdefault(name, [])
                    paths.append(path)
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
            above_children = above | ids
            for name in names:
                child = (*path, name)
                inside = below(self.root, maps, name)
                pending.append((child, inside, above_children))


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
        if not isinstance(other, _Identity):
            return NotImplemented
        return other.schema is self.schema


def _index(root: Schema) -> _Index:
    identity = _Identity(root)
    return _index_of(identity)
