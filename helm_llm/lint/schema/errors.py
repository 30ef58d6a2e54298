"""What a validator says of values, in time and memory that grow with the values alone.

The validator makes all its errors at once, and those about a map hold a copy of the map: of a map with thousands of
wrong keys it makes the square of them. Large values are therefore shown to it in parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.lint.rule import MAX_FINDINGS
from helm_llm.lint.schema.validator import Validator

PART = 500
"""Scalars in a part. The values of charts seldom have more of them in all."""

AT_ONCE = 500_000
"""Errors times scalars, up to which the validator is shown all of the values: it then misses nothing."""

Error = tuple[KeyPath, Any]
"""The path and the library's error."""


def errors(validator: Validator, instance: Any) -> Iterator[Error]:
    """What is wrong with values that are refused."""
    size = sum(1 for _ in _leaves(instance))
    if size <= PART:
        return _at_once(validator, instance)
    cut: set[KeyPath] = set()
    wrong: set[KeyPath] = set()
    found: list[Error] = []
    parts = _parts(instance)
    for part in parts:
        cut |= part.cut
        for path, error in part.certain_errors(validator):
            found.append((path, error))
            wrong |= {(*path, key) for key in _keys(error)} or {path}
        if len(wrong) > MAX_FINDINGS:  # nobody asks for all of them
            return chain(
                found,
                (error for part in parts for error in part.certain_errors(validator)),
            )
    if len(found) * size < AT_ONCE:
        return _at_once(validator, instance)
    return chain(found, _of_the_whole(validator, instance, cut, wrong))


def _at_once(validator: Validator, instance: Any) -> Iterator[Error]:
    return (
        (tuple(error.instance_path), error) for error in validator.iter_errors(instance)
    )


def _of_the_whole(
    validator: Validator, instance: Any, cut: set[KeyPath], wrong: set[KeyPath]
) -> Iterator[Error]:
    """What is wrong with the maps and lists that parts hold pieces of, seen without what is known to be wrong."""
    rest = _Part()
    for path, value in _leaves(instance):
        gone = next(
            (end for end in range(1, len(path) + 1) if path[:end] in wrong), None
        )
        if gone is None:
            rest.put(path, value)
        else:  # the map or list that held it stays
            rest.put(path[: gone - 1], [] if isinstance(path[gone - 1], int) else {})
    for path, error in rest.errors(validator):
        missing = getattr(error.kind, "property", None)
        if (
            path in cut
            and not _keys(error)
            and lookup(instance, (*path, missing or "")) is MISSING
        ):
            yield path, error


def _keys(error: Any) -> tuple[str, ...]:
    """The keys that an error of a map is about, whatever else is in the map."""
    if "PropertyNames" in type(error.kind).__name__:
        return (error.kind.error.instance,)
    return tuple(getattr(error.kind, "unexpected", ()))


def _leaves(tree: Any) -> Iterator[tuple[KeyPath, Any]]:
    """Every scalar and every empty map or list, in order."""
    pending: list[tuple[KeyPath, Any]] = [((), tree)]
    while pending:
        path, value = pending.pop()
        if value and isinstance(value, dict):
            pending.extend(
                [((*path, key), child) for key, child in value.items()][::-1]
            )
        elif value and isinstance(value, list):
            pending.extend(
                [((*path, index), child) for index, child in enumerate(value)][::-1]
            )
        else:
            yield path, value


def _parts(instance: Any) -> Iterator[_Part]:
    """Parts that follow each other in the order of the values."""
    part = _Part()
    for path, value in _leaves(instance):
        if part.size == PART:
            yield part
            part = _Part()
        part.put(path, value)
    yield part


@dataclass(slots=True)
class _Part:
    """Some of the values, in the same nesting but for the items of lists, which move up."""

    size: int = 0
    _tree: Any = None
    _first: KeyPath = ()
    _last: KeyPath = ()
    _indexes: dict[int, list[int]] = field(default_factory=dict)
    """For each list in the tree, by its id: the index that each of its items has in the whole."""

    def put(self, path: KeyPath, value: Any) -> None:
        """One more, behind those that are here."""
        self._first, self._last = self._first or path, path
        self._tree = self._with(self._tree, path, 0, value)
        self.size += 1

    @property
    def cut(self) -> set[KeyPath]:
        """The maps and lists of which another part may hold a piece."""
        return {
            path[:end] for path in (self._first, self._last) for end in range(len(path))
        }

    def errors(self, validator: Validator) -> Iterator[Error]:
        """With the paths that they have in the whole."""
        return (
            (self._placed(error.instance_path), error)
            for error in validator.iter_errors(self._tree)
        )

    def certain_errors(self, validator: Validator) -> Iterator[Error]:
        """Those that the other parts cannot change."""
        return (
            found
            for found in self.errors(validator)
            if _keys(found[1]) or found[0] not in self.cut
        )

    def _with(self, node: Any, path: KeyPath, depth: int, value: Any) -> Any:
        if depth == len(path):
            return value if node is None else node
        key = path[depth]
        if isinstance(key, str):
            node = {} if node is None else node
            node[key] = self._with(node.get(key), path, depth + 1, value)
            return node
        node = [] if node is None else node
        indexes = self._indexes.setdefault(id(node), [])
        if not indexes or indexes[-1] != key:
            indexes.append(key)
            node.append(None)
        node[-1] = self._with(node[-1], path, depth + 1, value)
        return node

    def _placed(self, path: list[str | int]) -> KeyPath:
        here, placed = self._tree, list(path)
        for depth, key in enumerate(path):
            if isinstance(key, int):
                placed[depth] = self._indexes[id(here)][key]
            here = here[key]
        return tuple(placed)
