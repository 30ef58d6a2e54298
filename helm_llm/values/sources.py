"""Which file or option gave the value at a path, without asking each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from helm_llm.document.document import Document
from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.set_option import SetOption
from helm_llm.values.set_parser import Claim


@dataclass(frozen=True, slots=True)
class Setting:
    """What an option put at a path; `order` grows with the order in which Helm applies them."""

    order: int
    option: SetOption
    path: KeyPath
    value: Any


@dataclass(slots=True, eq=False)
class OptionSources:
    """What options set, by path."""

    claims: Sequence[tuple[SetOption, Sequence[Claim]]] = ()
    _last: dict[KeyPath, Setting] | None = None
    _nulls: dict[KeyPath, SetOption] = field(default_factory=dict)
    _makers: dict[KeyPath, SetOption] = field(default_factory=dict)

    def last_above(self, path: KeyPath) -> Setting | None:
        """The last setting of the path itself or of one above it."""
        last = self._found()
        above = (
            (last[path[:end]] for end in range(len(path) + 1) if path[:end] in last)
            if last
            else ()
        )
        return max(above, key=lambda setting: setting.order, default=None)

    def maker_below(self, path: KeyPath) -> SetOption | None:
        """The last option that set something at the path or below it."""
        self._found()
        return self._makers.get(path)

    def null(self, path: KeyPath) -> SetOption | None:
        """The last option that set the path to null."""
        self._found()
        return self._nulls.get(path)

    def _found(self) -> dict[KeyPath, Setting]:
        if self._last is None:
            self._last = {}
            claims = [
                (option, path, value)
                for option, given in self.claims
                for path, value in given
            ]
            for order, (option, path, value) in enumerate(claims):
                self._last[path] = Setting(order, option, path, value)
                self._makers.update(
                    dict.fromkeys((path[:end] for end in range(len(path) + 1)), option)
                )
                if value is None:
                    self._nulls[path] = option
        return self._last


@dataclass(slots=True, eq=False)
class FileSources:
    """What files give at one path, the last file first: a file whose value is no map hides those below it."""

    given: Sequence[tuple[Document, Any]] = ()
    _below: dict[Any, FileSources] | None = None

    @classmethod
    def of(cls, files: Sequence[Document]) -> FileSources:
        return cls([(file, file.tree) for file in reversed(files)])

    def file(self, path: KeyPath) -> Document | None:
        """The file whose value at the path counts."""
        here = self
        for depth, key in enumerate(path):
            if len(here.given) == 1:
                file, tree = here.given[0]
                return file if lookup(tree, path[depth:]) is not MISSING else None
            found = here._at(key)
            if found is None:
                return None
            here = found
        return here.given[0][0] if here.given else None

    def _at(self, key: str | int) -> FileSources | None:
        if self._below is None:
            below: dict[Any, list[tuple[Document, Any]]] = {}
            for file, tree in self.given:
                for name, value in _entries(tree):
                    below.setdefault(name, []).append((file, value))
                if not isinstance(tree, dict):
                    break
            self._below = {name: FileSources(given) for name, given in below.items()}
        return self._below.get(key)


def _entries(tree: Any) -> Any:
    if isinstance(tree, dict):
        return tree.items()
    return enumerate(tree) if isinstance(tree, list) else ()
