"""Which value a part of a rendered object comes from: the one whose change changes it, and nothing less."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from helm_llm.keypath import KeyPath, scalars
from helm_llm.manifests.manifests import Render
from helm_llm.serving.rendered.objects import rendered_objects
from helm_llm.serving.rendered.texts import text_at
from helm_llm.values.layers import Origin, Values

_MOST = 6
"""Values that look alike, beyond which none of them is tried: each costs a `helm template`."""

RENDERS = 40
"""How often a target is rendered anew; parts that are looked at later are placed in their template."""


@dataclass(frozen=True, slots=True)
class Tracer:
    """Renders a chart anew with one value changed, for each value that a part of an object may show."""

    values: Values
    objects: Mapping[str, Any]
    render: Render
    _known: dict[KeyPath, Origin | None] = field(default_factory=dict)
    _shown: dict[Change, Mapping[str, Any]] = field(default_factory=dict)
    """The objects with each change that was tried."""

    def __call__(self, path: KeyPath) -> Origin | None:
        """The layer that set the value, None where there is no such value or there are several."""
        if path not in self._known:
            self._known[path] = self._traced(path)
        return self._known[path]

    def _traced(self, path: KeyPath) -> Origin | None:
        shown = text_at(self.objects, path)
        changes = list(islice(_changes(self.values, shown), _MOST + 1)) if shown else []
        if len(changes) > _MOST or len(self._shown) + len(changes) > RENDERS:
            return None
        causes = [change.path for change in changes if self._causes(change, path)]
        return self.values.origin(causes[0]) if len(causes) == 1 else None

    def _causes(self, change: Change, path: KeyPath) -> bool:
        render = replace(change, then_shown="")
        if render not in self._shown:
            tree = _with(self.values.tree, change.path, change.value)
            self._shown[render] = rendered_objects(
                self.values, self.render(json.dumps(tree)).sourced
            ).tree
        return text_at(self._shown[render], path) == change.then_shown


@dataclass(frozen=True, slots=True)
class Change:
    """Another value at a path, and what an object would show then."""

    path: KeyPath
    value: Any
    then_shown: str


def _changes(values: Values, shown: str) -> Iterator[Change]:
    """Of the values that are shown, or a word of what is shown; and of texts that hold what is shown as a word."""
    for path, value in scalars(values.tree):
        if isinstance(value, bool) or value in (None, ""):
            continue
        written = (
            str(int(value))
            if isinstance(value, float) and value.is_integer()
            else str(value)
        )
        if _word(written).search(shown):
            other = _other(written)
            is_number = not isinstance(value, str) and other.isdecimal()
            yield Change(
                path,
                int(other) if is_number else other,
                _replaced(written, other, shown),
            )
        elif _word(shown).search(written):
            other = _other(shown)
            yield Change(path, _replaced(shown, other, written), other)


def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(text)}(?![\w-])(?!\.\w)")


def _replaced(old: str, new: str, text: str) -> str:
    return _word(old).sub(lambda _: new, text)


def _other(written: str) -> str:
    """A value like this one: one more of a number or quantity, one letter more of anything else."""
    number = re.match(r"\d{1,18}(?!\d)", written)
    return f"{int(number[0]) + 1}{written[number.end() :]}" if number else f"{written}x"


def _with(tree: Any, path: KeyPath, value: Any) -> Any:
    """A copy with another value at the path."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(tree, list):
        return [
            _with(item, rest, value) if index == head else item
            for index, item in enumerate(tree)
        ]
    return {**tree, head: _with(tree[head], rest, value)}
