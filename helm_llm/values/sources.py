"""Indexes by path: which file or option set a value, without searching all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from helm_llm.document.document import Document
from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.set_option import SetOption
from helm_llm.values.set_parser import Claim


@dataclass(frozen=True, slots=True)
class Setting:
    """What an option set at a path; `order` grows as Helm applies the options."""

    order: int
    option: SetOption
    path: KeyPath
    value: object


@dataclass(slots=True, eq=False)
class OptionSources:
    """Index of what `--set` options set; built at the first lookup."""

    claims: Sequence[tuple[SetOption, Sequence[Claim]]] = ()
    _last: dict[KeyPath, Setting] | None = None
    _nulls: dict[KeyPath, SetOption] = field(default_factory=dict)
    _below: dict[KeyPath, SetOption] = field(default_factory=dict)

    def last_setting(self, path: KeyPath) -> Setting | None:
        """The last setting of the path itself or of a path above it."""
        settings = self._settings()
        if not settings:
            return None
        last: Setting | None = None
        for end in range(len(path) + 1):
            setting = settings.get(path[:end])
            if setting is None:
                continue
            if last is None or setting.order > last.order:
                last = setting
        return last

    def last_option_below(self, path: KeyPath) -> SetOption | None:
        """The last option that set something at the path or below it."""
        self._settings()
        return self._below.get(path)

    def null_option(self, path: KeyPath) -> SetOption | None:
        """The last option that set the path to null."""
        self._settings()
        return self._nulls.get(path)

    def _settings(self) -> dict[KeyPath, Setting]:
        if self._last is not None:
            return self._last
        last: dict[KeyPath, Setting] = {}
        for order, (option, path, value) in enumerate(self._flat_claims()):
            last[path] = Setting(order, option, path, value)
            for end in range(len(path) + 1):
                above = path[:end]
                self._below[above] = option
            if value is None:
                self._nulls[path] = option
        self._last = last
        return last

    def _flat_claims(self) -> Iterator[tuple[SetOption, KeyPath, object]]:
        for option, claims in self.claims:
            for path, value in claims:
                yield option, path, value


Given: TypeAlias = "tuple[Document, object]"
"""A file and its value at a path."""


@dataclass(slots=True, eq=False)
class FileSources:
    """What files give at one path, the last file first; a tree built as it is needed.

    A file whose value is not a map hides the files before it.
    """

    given: Sequence[Given] = ()
    _below: dict[str | int, FileSources] | None = None

    @classmethod
    def of(cls, files: Sequence[Document]) -> FileSources:
        """The index of these files, the last of which wins."""
        given = [(file, file.tree) for file in reversed(files)]
        return cls(given)

    def file_of(self, path: KeyPath) -> Document | None:
        """The file whose value at the path is used."""
        here = self
        for depth, key in enumerate(path):
            if len(here.given) == 1:
                # Only one file is left, so look the rest of the path up in it.
                file, tree = here.given[0]
                if lookup(tree, path[depth:]) is MISSING:
                    return None
                return file
            found = here._child(key)
            if found is None:
                return None
            here = found
        if not here.given:
            return None
        file, _ = here.given[0]
        return file

    def _child(self, key: str | int) -> FileSources | None:
        below = self._below
        if below is None:
            below = {}
            for name, given in self._given_below().items():
                below[name] = FileSources(given)
            self._below = below
        return below.get(key)

    def _given_below(self) -> dict[str | int, list[Given]]:
        below: dict[str | int, list[Given]] = {}
        for file, tree in self.given:
            for name, value in _entries(tree):
                given = below.setdefault(name, [])
                given.append((file, value))
            # Helm merges maps only; a list or scalar replaces what is below it.
            if not isinstance(tree, dict):
                break
        return below


def _entries(tree: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(tree, dict):
        return tree.items()
    if isinstance(tree, list):
        return enumerate(tree)
    return ()
