"""Settings that a chart does not read while other settings have certain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from helm_llm.keypath import MISSING, Key, KeyPath, lookup
from helm_llm.quantity import quantity


def path_of(name: str) -> KeyPath:
    """`a.b` -> `("a", "b")`. No key that is written this way contains a dot."""
    return tuple(name.split("."))


class Condition(NamedTuple):
    """A test of one value."""

    path: KeyPath
    accepts: Callable[[object], bool]

    def is_met(self, tree: object) -> bool:
        """Whether these values pass the test; they fail it where a parent is not a map."""
        parent = lookup(tree, self.path[:-1])
        if parent is not MISSING and not isinstance(parent, Mapping):
            return False
        value = lookup(tree, self.path)
        return self.accepts(value)


def on(name: str) -> Condition:
    """The switch is true."""
    return Condition(path_of(name), lambda value: value is True)


def off(name: str) -> Condition:
    """The switch is false or absent."""
    return Condition(path_of(name), lambda value: value is False or value is MISSING)


def given(name: str) -> Condition:
    """The value is any text but the empty one."""
    return Condition(
        path_of(name), lambda value: isinstance(value, str) and value != ""
    )


def equals(name: str, text: str) -> Condition:
    """The value is this text."""
    return Condition(path_of(name), lambda value: value == text)


def one_of(name: str, *texts: str) -> Condition:
    """The value is one of these texts."""
    return Condition(path_of(name), lambda value: value in texts)


def number(name: str, accepts: Callable[[float], bool]) -> Condition:
    """The value is one of some numbers."""

    def is_accepted(value: object) -> bool:
        # A boolean is an int to isinstance(), but not to a template.
        if isinstance(value, bool):
            return False
        if not isinstance(value, (int, float)):
            return False
        return accepts(value)

    return Condition(path_of(name), is_accepted)


def absent(name: str) -> Condition:
    """The value is missing or null."""
    return Condition(path_of(name), lambda value: value is MISSING or value is None)


def positive(path: KeyPath) -> Condition:
    """The quantity is above 0. Takes a path because names of resources contain dots."""
    return Condition(path, lambda value: (quantity(value) or 0) > 0)


def elsewhere(name: str) -> Condition:
    """The model is an absolute path or a URI, not a repository of the Hugging Face Hub."""

    def is_elsewhere(value: object) -> bool:
        if not isinstance(value, str):
            return False
        return value.startswith("/") or "://" in value

    return Condition(path_of(name), is_elsewhere)


class InertSettings(NamedTuple):
    """Settings without effect while a condition is met, and the `also` conditions too.

    `("a", "*")` means every key of `a` except those in `but`.
    """

    condition: Condition
    settings: tuple[KeyPath, ...]
    but: tuple[str, ...] = ()
    also: tuple[Condition, ...] = ()
    rendered: bool = False
    """The chart renders them nevertheless, but Kubernetes or the server ignores them."""

    def applies(self, tree: object) -> bool:
        """Whether the settings have no effect with these values."""
        if not self.condition.is_met(tree):
            return False
        return all(condition.is_met(tree) for condition in self.also)

    def changed(self, tree: object, defaults: object) -> Iterator[KeyPath]:
        """Yield the settings that differ from the chart's defaults."""
        for *parents, key in self.settings:
            parent = tuple(parents)
            values = lookup(tree, parent)
            default = lookup(defaults, parent)
            # Layers share the maps that none of them changes: most comparisons end here.
            if values is default:
                continue
            if not isinstance(values, Mapping):
                continue
            if not isinstance(default, Mapping):
                default = {}
            for name in self._names(key, values):
                value = values.get(name)
                if value is not None and value != default.get(name):
                    yield (*parent, name)

    def _names(self, key: Key, values: Mapping[str, object]) -> Iterator[str]:
        if key != "*":
            yield str(key)
            return
        for name in values:
            if name not in self.but:
                yield name


def inert(
    condition: Condition,
    *settings: str,
    but: tuple[str, ...] = (),
    also: tuple[Condition, ...] = (),
    rendered: bool = False,
) -> InertSettings:
    """Settings given as dotted paths."""
    paths = tuple(map(path_of, settings))
    return InertSettings(condition, paths, but, also, rendered)
