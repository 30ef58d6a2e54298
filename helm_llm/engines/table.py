"""Flag tables: the options of each release, the ranges of releases of each flag and variable. Loaded when asked for."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from helm_llm.engines.flag import Option
from helm_llm.engines.release import Release, release, text

_HERE = Path(__file__).parent

Match = tuple[str, Option, str | None]
"""A spelling, its option, and the value that stands behind `=`."""


@dataclass(frozen=True)
class Table:
    """The options of one release, by spelling."""

    options: Mapping[str, Option]
    moves_model: bool = True
    """Whether `--model X` becomes the positional word; older releases refuse it."""

    def extended(self, added: Sequence[Option]) -> Table:
        """With the options that a relative of vLLM has besides."""
        more = {flag: option for option in added for flag in option.flags}
        return replace(self, options={**self.options, **more}) if more else self

    def find(self, word: str) -> list[Match]:
        """What a word that starts with a dash can mean: one option, several by their beginning, or none."""
        if word in self.options:
            return [(word, self.options[word], None)]
        name, equals, value = word.partition("=")
        explicit = value if equals else None
        if equals and name in self.options:
            return [(name, self.options[name], explicit)]
        if not word.startswith("--"):
            return self._short(word)
        return [(flag, self.options[flag], explicit) for flag in self._beginning(name)]

    def _short(self, word: str) -> list[Match]:
        """`-n2` is `-n 2`, `-t` is `-tp` where no other short flag begins so."""
        glued = (
            [(word[:2], self.options[word[:2]], word[2:])]
            if word[:2] in self.options
            else []
        )
        return glued + [
            (flag, self.options[flag], None) for flag in self._beginning(word)
        ]

    def _beginning(self, text: str) -> Sequence[str]:
        """The spellings that begin with a text."""
        flags = self._sorted
        first = bisect_left(flags, text)
        last = first
        while last < len(flags) and flags[last].startswith(text):
            last += 1
        return flags[first:last]

    @cached_property
    def _sorted(self) -> Sequence[str]:
        return sorted(self.options)

    @property
    def has_levels(self) -> bool:
        """Whether `-O` is an option of its own; in older releases it is a level in the compilation config."""
        return "--optimization-level" in self.options

    def optimization(self, *level: str) -> list[str]:
        """The words for `-O`."""
        if self.has_levels:
            return ["--optimization-level", *level]
        return [f"-O.level={level[0]}"] if level else ["-O.level"]


@cache
def releases() -> tuple[Release, ...]:
    """The releases that have a table, the oldest first."""
    found = (
        release(path.stem.removeprefix("vllm-"))
        for path in _HERE.glob("vllm-[0-9]*.json")
    )
    return tuple(sorted(number for number in found if number))


def table(wanted: Release) -> Table | None:
    """The table of a release or of the nearest one below it in its minor series."""
    below = [
        number for number in releases() if number[:2] == wanted[:2] and number <= wanted
    ]
    return load(below[-1]) if below else None


@cache
def load(number: Release) -> Table:
    """The table that stands in the file of this release."""
    data = json.loads((_HERE / f"vllm-{text(number)}.json").read_bytes())
    options = [Option.read(entry) for entry in data["options"]]
    return Table(
        {flag: option for option in options for flag in option.flags},
        data["movesModel"],
    )


def newest() -> Table:
    """The options of the newest release there is a table for."""
    return load(releases()[-1])


@cache
def read(name: str) -> Any:
    """One of the other files: `flags` and `variables` (name -> ranges), `history` (hand-kept)."""
    return json.loads((_HERE / f"vllm-{name}.json").read_bytes())
