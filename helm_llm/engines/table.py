"""Flag tables: the options of each release, and in which releases a flag or variable exists.

A table is read from its file when it is first used.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from helm_llm.engines.flag import Flag
from helm_llm.engines.release import Release, release, release_text

_HERE = Path(__file__).parent

Match = tuple[str, Flag, str | None]
"""A spelling, its option, and the value after `=`."""


@dataclass(frozen=True)
class Table:
    """The options of one release, by spelling."""

    options: Mapping[str, Flag]
    moves_model: bool = True
    """Whether `--model X` becomes the positional word; older releases refuse it."""

    def extended(self, added: Sequence[Flag]) -> Table:
        """This table and the options that a relative of vLLM adds."""
        if not added:
            return self
        options = dict(self.options)
        for option in added:
            options.update(dict.fromkeys(option.flags, option))
        return replace(self, options=options)

    def find(self, word: str) -> list[Match]:
        """The options that a word with a leading dash can mean.

        As in argparse, a unique beginning of a long flag is enough. Several matches
        mean that the word is ambiguous.
        """
        # The order of checks is that of argparse.
        options = self.options
        if word in options:
            return [(word, options[word], None)]
        name, equals, text = word.partition("=")
        value: str | None = None
        if equals:
            value = text
            if name in options:
                return [(name, options[name], value)]
        if not word.startswith("--"):
            return self._find_short(word)
        flags = self._starting(name)
        return [(flag, options[flag], value) for flag in flags]

    def _find_short(self, word: str) -> list[Match]:
        """`-n2` is `-n 2`; `-t` is `-tp` if no other short flag starts with it."""
        found: list[Match] = []
        short, rest = word[:2], word[2:]
        option = self.options.get(short)
        if option:
            found.append((short, option, rest))
        flags = self._starting(word)
        found += [(flag, self.options[flag], None) for flag in flags]
        return found

    def _starting(self, text: str) -> Sequence[str]:
        """The spellings that start with a text."""
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
        """Whether `-O` is a separate option; in older releases it is part of the compilation config."""
        return "--optimization-level" in self.options

    def optimization(self, *level: str) -> list[str]:
        """The words that `-O` becomes."""
        if self.has_levels:
            return ["--optimization-level", *level]
        if level:
            return [f"-O.level={level[0]}"]
        return ["-O.level"]


@cache
def releases() -> tuple[Release, ...]:
    """The releases that have a table, the oldest first."""
    found: list[Release] = []
    for path in _HERE.glob("vllm-[0-9]*.json"):
        number = release(path.stem.removeprefix("vllm-"))
        if number:
            found.append(number)
    return tuple(sorted(found))


def table(wanted: Release) -> Table | None:
    """The table of a release, or of the nearest older one in its minor series.

    A patch release without changed flags has no table.
    """
    nearest: Release | None = None
    series = wanted[:2]
    for number in releases():
        if number[:2] == series and number <= wanted:
            nearest = number
    if not nearest:
        return None
    return load(nearest)


@cache
def load(number: Release) -> Table:
    """Read the file of a release."""
    file = _HERE / f"vllm-{release_text(number)}.json"
    data = json.loads(file.read_bytes())
    options: dict[str, Flag] = {}
    for entry in data["options"]:
        option = Flag.from_entry(entry)
        options.update(dict.fromkeys(option.flags, option))
    return Table(options, data["movesModel"])


def newest() -> Table:
    """The table of the newest release that has one."""
    return load(releases()[-1])


@cache
def read_data_file(name: str) -> Any:
    """Read `flags` or `variables` (name -> ranges of releases) or the hand-kept `history`."""
    file = _HERE / f"vllm-{name}.json"
    return json.loads(file.read_bytes())
