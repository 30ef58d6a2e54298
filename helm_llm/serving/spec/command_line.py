"""The command line of a vLLM server, and the value that each word comes from."""

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

_JOINED = re.compile(r"(--?[A-Za-z][\w.-]*)\s+(\S.*)", re.ASCII | re.DOTALL)

Words = tuple[Field[str], ...]


@dataclass(frozen=True, slots=True)
class JoinedWord:
    """A flag and its value in one word, which the engine takes for an unknown flag."""

    flag: str
    value: str
    word: Field[str]


@dataclass(frozen=True)
class CommandLine:
    """The words that follow `vllm serve`, and the environment of the process."""

    release: Release | None
    """None if the image does not reveal it."""
    words: Words
    variables: Mapping[str, KeyPath]
    """Variables that the values name -> the path of the name."""
    texts: Mapping[str, Field[str] | None]
    """The variables' texts; None if a ConfigMap or Secret holds the text."""
    extra: tuple[Flag, ...] = ()
    """The flags that a relative of vLLM adds."""

    @property
    def exact(self) -> bool:
        """Whether the options of this very release are known."""
        return self.table is not None

    @property
    def table(self) -> Table | None:
        """The options of the release; None if the release is unknown or has no table."""
        if self.release is None:
            return None
        known = table(self.release)
        if known is None:
            return None
        return known.extended(self.extra)

    @property
    def options(self) -> Mapping[str, Flag]:
        """The options by spelling, of the release or else of the newest one."""
        return _table(self.release, self.extra).options

    @property
    def joined(self) -> tuple[JoinedWord, ...]:
        """Words with a flag and its value; `parsed` has them as they were meant."""
        return self._split[1]

    @cached_property
    def parsed(self) -> Parsed:
        """The parsed words, with the table of the release or else of the newest one.

        Without the exact table, what is refused may be valid in the actual release.
        """
        texts = [word.value for word in self._split[0]]
        return parse(texts, _table(self.release, self.extra))

    @cached_property
    def _split(self) -> tuple[Words, tuple[JoinedWord, ...]]:
        return _split_joined(self.words, self.options)

    def word(self, part: Given | Refusal) -> Field[str]:
        """The word that a part of the result comes from."""
        return self._split[0][part.index]

    def refused(self, *reasons: Reason) -> Iterator[Refusal]:
        """What the engine refuses, for any of these reasons."""
        for refusal in self.parsed.refused:
            if refusal.reason in reasons:
                yield refusal

    def path(self, flag: str) -> KeyPath:
        """The path of an option's value; empty if the option is not given."""
        given = self.parsed.last(flag)
        if not given:
            return ()
        return self.word(given).path

    def value(self, flag: str) -> Any:
        """The value that counts, as the engine reads it; a boolean for a switch.

        None if the option or its value is not given.
        """
        given = self.parsed.last(flag)
        if given is None:
            return None
        if given.option.is_switch:
            return given.on
        if not given.values:
            return None
        return resolved(given.option, given.values[-1])

    def written(self, flag: str) -> Field[str] | None:
        """The value that counts as text, None if the option is not given.

        The text is empty if the engine refuses the value, so that callers do not
        mistake the option for absent. A switch has an empty text too.
        """
        if not self.words:  # without reading a flag table
            return None
        given = self.parsed.last(flag)
        refusal = self._last_refusal(flag)
        if refusal and (given is None or given.index < refusal.index):
            return self._refused_text(refusal)
        if given is None:
            return None
        path = self.word(given).path
        is_joined = any(joined.word.path == path for joined in self.joined)
        if is_joined or not given.values:
            return Field("", path)
        return Field(given.values[-1], path)

    def _refused_text(self, refusal: Refusal) -> Field[str]:
        word = self.word(refusal)
        if refusal.reason is not Reason.UNKNOWN:
            return Field("", word.path)
        # Another release may have the option, with the same meaning.
        _, _, text = word.value.partition("=")
        return Field(text, word.path)

    def _last_refusal(self, flag: str) -> Refusal | None:
        for refusal in reversed(self.parsed.refused):
            if flag == refusal.flag:
                return refusal
            option = self.options.get(refusal.flag)
            if option and flag in option.flags:
                return refusal
        return None

    def last_values(self, flag: str) -> Words:
        """The values of an option's last occurrence as written, each with its path."""
        given = self.parsed.last(flag)
        if given is None:
            return ()
        # `index` is the word of the last value, and the values are in a row before it.
        first = given.index - len(given.values) + 1
        words = self._split[0][first:]
        pairs = zip(given.values, words, strict=False)
        return tuple(Field(text, word.path) for text, word in pairs)

    @property
    def reads_a_file(self) -> bool:
        """Whether `--config` adds options that the values do not contain."""
        return self.parsed.last("--config") is not None


def _split_joined(
    words: Words, options: Mapping[str, Flag]
) -> tuple[Words, tuple[JoinedWord, ...]]:
    """Split words such as `--port 8000`, except where one is the value of a flag."""
    separate: list[Field[str]] = []
    joined: list[JoinedWord] = []
    is_value = False
    for word in words:
        match = _JOINED.fullmatch(word.value)
        if match and not is_value:
            flag, value = match.groups()
            joined.append(JoinedWord(flag, value, word))
            # Both parts point at the one word that the user wrote.
            separate.append(Field(flag, word.path))
            separate.append(Field(value, word.path))
        else:
            separate.append(word)
        is_value = _takes_a_word(word.value, options)
    return tuple(separate), tuple(joined)


def _takes_a_word(word: str, options: Mapping[str, Flag]) -> bool:
    if not word.startswith("-"):
        return False
    option = options.get(word.replace("_", "-"))
    return option is not None and option.kind in ("value", "append", "optional")


@lru_cache(maxsize=8)
def _table(release: Release | None, extra: tuple[Flag, ...]) -> Table:
    known: Table | None = None
    if release:
        known = table(release)
    if known is None:
        # Most options are the same in all releases.
        known = newest()
    return known.extended(extra)
