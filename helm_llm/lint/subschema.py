"""Finding one's way inside a JSON schema: what applies at a path, which places have a key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from helm_llm.keypath import MISSING, KeyPath, lookup

Schema = Mapping[str, Any]

_GROUPS = ("allOf", "anyOf", "oneOf")
_BRANCHES = ("then", "else")


def alternatives(root: Schema, schema: Any, seen: tuple[str, ...] = ()) -> Iterator[Schema]:
    """A schema and all that it refers to or combines, for the same instance."""
    if not isinstance(schema, Mapping):
        return
    yield schema
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference not in seen:
        yield from alternatives(root, referred(root, reference), (*seen, reference))
    for group in _GROUPS:
        for branch in schema.get(group, ()):
            yield from alternatives(root, branch, seen)
    for name in _BRANCHES:
        yield from alternatives(root, schema.get(name), seen)


def referred(root: Schema, reference: str) -> Any:
    """What a local `$ref` points at, `{}` when it points nowhere."""
    words = [word.replace("~1", "/").replace("~0", "~") for word in reference.lstrip("#").split("/")[1:]]
    target = lookup(root, tuple(int(word) if word.isdigit() else word for word in words))
    return {} if target is MISSING else target


def below(root: Schema, schemas: Iterable[Any], key: str | int) -> tuple[Schema, ...]:
    """The schemas of one key or list item of the instance; empty means that nothing is said about it."""
    found = (part for schema in schemas for part in alternatives(root, schema))
    return tuple(child for part in found for child in _children(part, key))


def _children(schema: Schema, key: str | int) -> Iterator[Schema]:
    if isinstance(key, int):
        items = schema.get("items")
        if isinstance(items, Mapping):
            yield items
        return
    named = schema.get("properties", {}).get(key)
    matching = [one for pattern, one in schema.get("patternProperties", {}).items() if fits(pattern, key)]
    if named is None and not matching:
        matching = [schema.get("additionalProperties")]
    yield from (one for one in (named, *matching) if isinstance(one, Mapping))


def types(root: Schema, schemas: Iterable[Any]) -> frozenset[str]:
    """The types that the schemas name; empty when they name none."""
    named: set[str] = set()
    for schema in schemas:
        for part in alternatives(root, schema):
            given = part.get("type", ())
            named.update([given] if isinstance(given, str) else given)
    return frozenset(named)


def fits(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern of a schema; patterns that only RE2 reads are taken to match."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True


def types_at(root: Schema, path: KeyPath) -> frozenset[str]:
    """The types that a schema names at a path of its instance."""
    return types(root, _at(root, path))


def _at(root: Schema, path: KeyPath) -> tuple[Schema, ...]:
    schemas: tuple[Schema, ...] = (root,)
    for key in path:
        schemas = below(root, schemas, key)
    return schemas


def siblings(root: Schema, schemas: Iterable[Any]) -> tuple[str, ...]:
    """The keys that the schemas name, in their order."""
    found = (part for schema in schemas for part in alternatives(root, schema))
    return tuple(dict.fromkeys(key for part in found for key in part.get("properties", {})))


def keys_at(root: Schema, path: KeyPath) -> tuple[str, ...]:
    """The keys that a schema names for the map at a path of its instance."""
    return siblings(root, _at(root, path))


def places(root: Schema, key: str) -> tuple[KeyPath, ...]:
    """The maps of the schema that have a key, outermost first; list items are not searched."""
    return tuple(sorted(_places(root, (root,), key, (), frozenset()), key=len))


def _places(
    root: Schema, schemas: Iterable[Schema], key: str, path: KeyPath, above: frozenset[int]
) -> Iterator[KeyPath]:
    maps = [part for schema in schemas for part in alternatives(root, schema) if "properties" in part]
    if not above.isdisjoint(map(id, maps)):  # a schema that refers to itself
        return
    names = siblings(root, maps)
    if key in names:
        yield path
    for name in names:
        yield from _places(root, below(root, maps, name), key, (*path, name), above.union(map(id, maps)))
