"""Errors of a validator, in time and memory that grow with the values alone.

The library makes all errors at once, and each error about a map holds a copy of the map.
Thousands of wrong keys in one map would take the square of them. Large values are
therefore validated in parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.lint.rule import MAX_FINDINGS
from helm_llm.lint.schema.validator import Error, Validator

PART = 500
"""Scalars in a part. The values of few charts have more of them in all."""

AT_ONCE = 500_000
"""Errors times scalars up to which the values are validated as a whole, which is exact."""

PlacedError = tuple[KeyPath, Error]
"""An error, and its path in all of the values."""


def find_errors(validator: Validator, instance: object) -> Iterator[PlacedError]:
    """The errors in values that the validator refuses."""
    size = sum(1 for _ in _leaves(instance))
    if size <= PART:
        return _errors_of_whole(validator, instance)
    boundaries: set[KeyPath] = set()
    wrong: set[KeyPath] = set()
    found: list[PlacedError] = []
    parts = _parts(instance)
    for part in parts:
        boundaries |= part.boundaries
        for path, error in part.certain_errors(validator):
            found.append((path, error))
            wrong.update(_wrong_paths(path, error))
        # Only so many are reported, so the rest is only made on demand.
        if len(wrong) > MAX_FINDINGS:
            rest = (part.certain_errors(validator) for part in parts)
            return chain(found, chain.from_iterable(rest))
    if len(found) * size < AT_ONCE:
        return _errors_of_whole(validator, instance)
    return chain(found, _boundary_errors(validator, instance, boundaries, wrong))


def _errors_of_whole(validator: Validator, instance: object) -> Iterator[PlacedError]:
    for error in validator.iter_errors(instance):
        path = tuple(error.instance_path)
        yield path, error


def _wrong_paths(path: KeyPath, error: Error) -> list[KeyPath]:
    keys = _keys(error)
    if not keys:
        return [path]
    return [(*path, key) for key in keys]


def _boundary_errors(
    validator: Validator,
    instance: object,
    boundaries: set[KeyPath],
    wrong: set[KeyPath],
) -> Iterator[PlacedError]:
    """The errors of the maps and lists that are divided between parts.

    Found in the whole without the values that are known to be wrong.
    """
    rest = _without(instance, wrong)
    for path, error in rest.errors(validator):
        if path not in boundaries or _keys(error):
            continue
        # A required key may only be missing because its value was left out.
        required = getattr(error.kind, "property", None) or ""
        if lookup(instance, (*path, required)) is MISSING:
            yield path, error


def _without(instance: object, wrong: set[KeyPath]) -> _Part:
    rest = _Part()
    for path, value in _leaves(instance):
        depth = _depth_of_wrong(path, wrong)
        if depth is None:
            rest.put(path, value)
            continue
        # The map or list around a wrong value stays, even if it becomes empty.
        holder = path[:depth]
        empty: object = {}
        if isinstance(path[depth], int):
            empty = []
        rest.put(holder, empty)
    return rest


def _depth_of_wrong(path: KeyPath, wrong: set[KeyPath]) -> int | None:
    """The index in the path of its first key with a wrong value."""
    for depth in range(len(path)):
        if path[: depth + 1] in wrong:
            return depth
    return None


def _keys(error: Error) -> tuple[str, ...]:
    """The keys that an error of a map is about; a map may contain many others."""
    kind = error.kind
    # The library does not export the classes of its errors.
    if "PropertyNames" in type(kind).__name__:
        return (kind.error.instance,)
    unexpected = getattr(kind, "unexpected", ())
    return tuple(unexpected)


def _leaves(tree: object) -> Iterator[tuple[KeyPath, object]]:
    """Every scalar and every empty map or list, in order."""
    pending: list[tuple[KeyPath, object]] = [((), tree)]
    while pending:
        path, value = pending.pop()
        children: Iterable[tuple[str | int, object]] = ()
        if isinstance(value, dict):
            children = value.items()
        elif isinstance(value, list):
            children = enumerate(value)
        below = [((*path, key), child) for key, child in children]
        if below:
            # The last one in the list of pending values is next.
            below.reverse()
            pending += below
        else:
            yield path, value


def _parts(instance: object) -> Iterator[_Part]:
    """The values in parts, in order."""
    part = _Part()
    for path, value in _leaves(instance):
        if part.size == PART:
            yield part
            part = _Part()
        part.put(path, value)
    yield part


@dataclass(slots=True)
class _Part:
    """Some of the values, nested as in the whole.

    The items of a list move to its beginning.
    """

    size: int = 0
    _tree: Any = None
    _first: KeyPath = ()
    _last: KeyPath = ()
    _indexes: dict[int, list[int]] = field(default_factory=dict)
    """For each list, by its id: the index of each of its items in the whole."""

    def put(self, path: KeyPath, value: object) -> None:
        """Add the value that follows the last one."""
        self._first = self._first or path
        self._last = path
        self._tree = self._put_below(self._tree, path, 0, value)
        self.size += 1

    @property
    def boundaries(self) -> set[KeyPath]:
        """The maps and lists of which another part may hold more."""
        found = set()
        for path in (self._first, self._last):
            for end in range(len(path)):
                above = path[:end]
                found.add(above)
        return found

    def errors(self, validator: Validator) -> Iterator[PlacedError]:
        """The errors of this part alone, with their paths in the whole."""
        for error in validator.iter_errors(self._tree):
            path = self._path_in_whole(error.instance_path)
            yield path, error

    def certain_errors(self, validator: Validator) -> Iterator[PlacedError]:
        """The errors that no other part can change."""
        boundaries = self.boundaries
        for path, error in self.errors(validator):
            if _keys(error) or path not in boundaries:
                yield path, error

    def _put_below(self, node: Any, path: KeyPath, depth: int, value: object) -> Any:
        if depth == len(path):
            if node is None:
                return value
            return node
        key = path[depth]
        if isinstance(key, str):
            if node is None:
                node = {}
            child = node.get(key)
            node[key] = self._put_below(child, path, depth + 1, value)
            return node
        if node is None:
            node = []
        # Values arrive in order, so this one belongs to the last item or to a new one.
        indexes = self._indexes.setdefault(id(node), [])
        if not indexes or indexes[-1] != key:
            indexes.append(key)
            node.append(None)
        item = node[-1]
        node[-1] = self._put_below(item, path, depth + 1, value)
        return node

    def _path_in_whole(self, path: list[str | int]) -> KeyPath:
        here = self._tree
        placed = list(path)
        for depth, key in enumerate(path):
            if isinstance(key, int):
                indexes = self._indexes[id(here)]
                placed[depth] = indexes[key]
            here = here[key]
        return tuple(placed)
