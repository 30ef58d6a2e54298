"""From a rendered text or object back to the value that it comes from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import copy
from itertools import islice
from typing import Any, NamedTuple

from helm_llm.keypath import KeyPath, scalars
from helm_llm.manifests.manifests import Manifests, Render
from helm_llm.values.layers import Origin, Values

_MAX_CANDIDATES = 6
"""With more values that look alike, none is tried: each costs a `helm template`."""

MAX_RENDERS = 40
"""Extra `helm template` runs per target. Findings after that point at the template."""


def path_of(manifests: Manifests, text: str, key: str | None = None) -> KeyPath:
    """The only path with this text as its value, and with this key at its end; else empty."""
    paths = manifests.given.get(text, ())
    if key is not None:
        paths = [path for path in paths if path[-1] == key]
    if len(paths) != 1:
        return ()
    return paths[0]


def is_given(manifests: Manifests, text: str) -> bool:
    """Whether a text of the manifests is a value as it was given, not composed by the chart."""
    return text in manifests.given


class Tracer:
    """Finds the value behind a part of an object: the only one whose change changes that part.

    Renders the chart with one value changed, for each value that the part may show.
    """

    def __init__(
        self, values: Values, objects: Mapping[str, object], render: Render
    ) -> None:
        self.values = values
        self.objects = objects
        self.render = render
        self._origins: dict[KeyPath, Origin | None] = {}
        # The objects of each change that was tried.
        self._rendered: dict[Change, Mapping[str, object]] = {}

    def __call__(self, path: KeyPath) -> Origin | None:
        """The layer that set the value; None if there is no such value, or several."""
        if path not in self._origins:
            self._origins[path] = self._find(path)
        return self._origins[path]

    def _find(self, path: KeyPath) -> Origin | None:
        from helm_llm.serving.rendered.texts import text_at

        part = text_at(self.objects, path)
        if not part:
            return None
        candidates = _changes(self.values, part)
        # One more than is tried: the values may have a million of them.
        changes = list(islice(candidates, _MAX_CANDIDATES + 1))
        if len(changes) > _MAX_CANDIDATES:
            return None
        if len(self._rendered) + len(changes) > MAX_RENDERS:
            return None
        causes = []
        for change in changes:
            objects = self._objects_after(change)
            if text_at(objects, path) == change.expected:
                causes.append(change.path)
        if len(causes) != 1:
            return None
        return self.values.origin(causes[0])

    def _objects_after(self, change: Change) -> Mapping[str, object]:
        from helm_llm.serving.rendered.objects import rendered_objects

        # Several parts may be traced with the same change, each with its own text.
        change = change._replace(expected="")
        if change not in self._rendered:
            tree = _with(self.values.tree, change.path, change.value)
            manifests = self.render(json.dumps(tree))
            objects = rendered_objects(self.values, manifests.sourced)
            self._rendered[change] = objects.tree
        return self._rendered[change]


class Change(NamedTuple):
    """Another value at a path, and the text that a part of an object would then have."""

    path: KeyPath
    value: object
    expected: str


def _changes(values: Values, part: str) -> Iterator[Change]:
    """Changes of the values that contain the part as a word, or that are a word of it."""
    for path, value in scalars(values.tree):
        if isinstance(value, bool) or value in (None, ""):
            continue
        given = _as_rendered(value)
        if _word(given).search(part):
            other = _successor(given)
            new: object = other
            # A schema may take the number and refuse its text.
            if not isinstance(value, str) and other.isdecimal():
                new = int(other)
            yield Change(path, new, _replaced(given, other, part))
        elif _word(part).search(given):
            other = _successor(part)
            yield Change(path, _replaced(part, other, given), other)


def _as_rendered(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(text)}(?![\w-])(?!\.\w)")


def _replaced(old: str, new: str, text: str) -> str:
    return _word(old).sub(lambda _: new, text)


def _successor(text: str) -> str:
    """A similar value: the next number or quantity, or a text with one more letter."""
    number = re.match(r"\d{1,18}(?!\d)", text)
    if number is None:
        return f"{text}x"
    following = int(number[0]) + 1
    unit = text[number.end() :]
    return f"{following}{unit}"


def _with(tree: Any, path: KeyPath, value: object) -> object:
    """A copy with another value at the path."""
    if not path:
        return value
    head, *rest = path
    # Only the maps and lists on the path are copied.
    copied = copy(tree)
    copied[head] = _with(tree[head], tuple(rest), value)
    return copied
