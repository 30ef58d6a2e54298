"""A setting that a chart does not read while another one, the gate, has a certain value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.quantity import quantity


def _path(text: str) -> KeyPath:
    return tuple(text.split("."))  # no key that is named so holds a dot


@dataclass(frozen=True, slots=True)
class Gate:
    """A value that closes off other settings."""

    path: KeyPath
    closes: Callable[[Any], bool]

    def is_closed(self, tree: Any) -> bool:
        """Whether it closes them in these values."""
        above = lookup(tree, self.path[:-1])
        return (above is MISSING or isinstance(above, Mapping)) and self.closes(
            lookup(tree, self.path)
        )


def on(name: str) -> Gate:
    """Closed by true."""
    return Gate(_path(name), lambda value: value is True)


def off(name: str) -> Gate:
    """Closed by false; a switch that is absent is off."""
    return Gate(_path(name), lambda value: value is False or value is MISSING)


def given(name: str) -> Gate:
    """Closed by any text."""
    return Gate(_path(name), lambda value: isinstance(value, str) and value != "")


def equals(name: str, text: str) -> Gate:
    """Closed by one text."""
    return Gate(_path(name), lambda value: value == text)


def one_of(name: str, *texts: str) -> Gate:
    """Closed by one of several texts."""
    return Gate(_path(name), lambda value: value in texts)


def number(name: str, closes: Callable[[float], bool]) -> Gate:
    """Closed by some numbers."""
    return Gate(
        _path(name), lambda value: type(value) in (int, float) and closes(value)
    )


def absent(name: str) -> Gate:
    """Closed where nothing is given."""
    return Gate(_path(name), lambda value: value is MISSING or value is None)


def positive(path: KeyPath) -> Gate:
    """Closed by an amount above 0; a path, because the names of resources hold dots."""
    return Gate(path, lambda value: (quantity(value) or 0) > 0)


def elsewhere(name: str) -> Gate:
    """Closed by a model that is no repository of the Hub: an absolute path or a URI."""
    return Gate(
        _path(name),
        lambda value: (
            isinstance(value, str) and (value.startswith("/") or "://" in value)
        ),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """While the gate is closed, and the other gates are too, the settings have no effect.

    `("a", "*")` stands for every key of `a` but those in `but`.
    """

    gate: Gate
    settings: tuple[KeyPath, ...]
    but: tuple[str, ...] = ()
    also: tuple[Gate, ...] = ()
    rendered: bool = False
    """The chart renders them all the same, and what reads the manifests ignores them."""

    def applies(self, tree: Any) -> bool:
        """Whether the settings have no effect in these values."""
        return self.gate.is_closed(tree) and all(
            gate.is_closed(tree) for gate in self.also
        )

    def changed(self, tree: Any, defaults: Any) -> Iterator[KeyPath]:
        """The settings that differ from the chart's defaults."""
        for setting in self.settings:
            above, key = setting[:-1], setting[-1]
            here, there = lookup(tree, above), lookup(defaults, above)
            if here is there or not isinstance(
                here, Mapping
            ):  # merging shares what no layer touched
                continue
            keys = (
                [key] if key != "*" else [name for name in here if name not in self.but]
            )
            default = there if isinstance(there, Mapping) else {}
            yield from (
                (*above, name)
                for name in keys
                if here.get(name) is not None and here[name] != default.get(name)
            )


def row(
    gate: Gate,
    *settings: str,
    but: tuple[str, ...] = (),
    also: tuple[Gate, ...] = (),
    rendered: bool = False,
) -> Row:
    """A row from dotted paths."""
    return Row(gate, tuple(map(_path, settings)), but, also, rendered)
