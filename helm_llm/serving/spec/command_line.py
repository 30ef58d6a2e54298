"""The command line of a vLLM server: words, the value each comes from, and what the engine makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from helm_llm.engines.flag import Flag
from helm_llm.engines.parser import Given, Parsed, Reason, Refusal, parse
from helm_llm.engines.release import Release
from helm_llm.engines.table import Table, newest, table
from helm_llm.engines.value import resolved
from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.field import Field

_GLUED = re.compile(r"(--?[A-Za-z][\w.-]*)\s+(\S.*)", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Glued:
    """A flag and its value in one word."""

    flag: str
    value: str
    word: Field[str]


@dataclass(frozen=True)
class CommandLine:
    """What stands behind `vllm serve`, and the environment that goes with it.

    `release` is None where the image does not tell. `variables`: name -> path of that name, those of the values only.
    """

    release: Release | None
    words: tuple[Field[str], ...]
    variables: Mapping[str, KeyPath]
    texts: Mapping[str, Field[str] | None]
    """The variables' texts; None where a ConfigMap or Secret holds it."""
    extra: tuple[Flag, ...] = ()
    """What a relative of vLLM takes besides."""

    @property
    def exact(self) -> bool:
        """Whether the options of this very release are known."""
        return self.table is not None

    @property
    def table(self) -> Table | None:
        known = table(self.release) if self.release else None
        return known and known.extended(self.extra)

    @property
    def options(self) -> Mapping[str, Flag]:
        """By spelling, of the release or else of the newest one."""
        return _table(self.release, self.extra).options

    @property
    def glued(self) -> tuple[Glued, ...]:
        """Words that hold a flag and its value; other rules read them as they were meant."""
        return self._split[1]

    @cached_property
    def parsed(self) -> Parsed:
        """Read with the table of the release, else with the newest: `refused` then needs a second look."""
        return parse(
            [word.value for word in self._split[0]], _table(self.release, self.extra)
        )

    @cached_property
    def _split(self) -> tuple[Words, tuple[Glued, ...]]:
        return _split(self.words, _table(self.release, self.extra).options)

    def word(self, part: Given | Refusal) -> Field[str]:
        """The word that a part of the result comes from."""
        return self._split[0][part.index]

    def refused(self, *reasons: Reason) -> Iterator[Refusal]:
        return (refusal for refusal in self.parsed.refused if refusal.reason in reasons)

    def path(self, flag: str) -> KeyPath:
        """Where an option that is given gets its value; empty if it is not."""
        given = self.parsed.last(flag)
        return self.word(given).path if given else ()

    def value(self, flag: str) -> Any:
        """The value that counts, as the engine reads it; None without one, True or False for a switch."""
        given = self.parsed.last(flag)
        if given is None:
            return None
        return (
            given.on
            if given.option.is_switch
            else resolved(given.option, given.values[-1])
            if given.values
            else None
        )

    def last_values(self, flag: str) -> tuple[Field[str], ...]:
        """The values of an option's last occurrence as written, each with the value of the chart it comes from."""
        given = self.parsed.last(flag)
        first = given.index - len(given.values) + 1 if given else 0
        words = self._split[0]
        return (
            tuple(
                Field(text, words[first + at].path)
                for at, text in enumerate(given.values)
            )
            if given
            else ()
        )

    @property
    def reads_a_file(self) -> bool:
        """`--config` gives options that we do not see."""
        return self.parsed.last("--config") is not None


Words = tuple[Field[str], ...]
Extra = tuple[Flag, ...]


def _split(
    words: Words, options: Mapping[str, Flag]
) -> tuple[Words, tuple[Glued, ...]]:
    separate: list[Field[str]] = []
    glued: list[Glued] = []
    before: Flag | None = None
    for word in words:
        match = _GLUED.fullmatch(word.value)
        if match and not (before and before.kind in ("value", "append", "optional")):
            glued.append(Glued(match[1], match[2], word))
            separate += [Field(part, word.path) for part in match.groups()]
        else:
            separate.append(word)
        before = (
            options.get(word.value.replace("_", "-"))
            if word.value.startswith("-")
            else None
        )
    return tuple(separate), tuple(glued)


@lru_cache(maxsize=8)
def _table(release: Release | None, extra: Extra) -> Table:
    return ((table(release) if release else None) or newest()).extended(extra)
