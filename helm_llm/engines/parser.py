"""The engine's parser of argument lists, over a flag table: which option got what, and what is refused.

It is argparse with vLLM's preparation of the words, except that it goes on behind a refusal and knows which word each
thing came from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property

from helm_llm.engines.argv import Word, is_number, prepared
from helm_llm.engines.flag import Option
from helm_llm.engines.table import Table
from helm_llm.engines.value import expected

_FLAG = re.compile(r"(--?[A-Za-z][\w.-]*)=", re.ASCII)


class Reason(Enum):
    """Why a word is refused."""

    UNKNOWN = auto()
    AMBIGUOUS = auto()
    VALUE = auto()
    SURPLUS = auto()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A word that the engine refuses. `index` is its place; `expected`: what it wants there."""

    reason: Reason
    index: int
    flag: str
    value: str | None = None
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """An option with its values. `index`: the word of its last value, or its own."""

    option: Option
    spelling: str
    values: tuple[str, ...]
    index: int

    @property
    def on(self) -> bool:
        return self.spelling not in self.option.negative


@dataclass(frozen=True)
class Parsed:
    """What the engine makes of an argument list, in its order."""

    given: tuple[Given, ...]
    refused: tuple[Refusal, ...]

    def last(self, flag: str) -> Given | None:
        """What counts for an option: its last occurrence."""
        return self._last.get(flag)

    @cached_property
    def _last(self) -> dict[str, Given]:
        return {flag: given for given in self.given for flag in given.option.flags}


def parse(words: Sequence[str], table: Table) -> Parsed:
    """Read the words behind `vllm serve`."""
    reader = _Reader(table, prepared(words, table))
    reader.read()
    return Parsed(tuple(reader.given), tuple(reader.refused))


@dataclass(slots=True)
class _Reader:
    table: Table
    words: list[Word]
    given: list[Given] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    has_model: bool = False

    def read(self) -> None:
        at = 0
        while at < len(self.words):
            at = self._option(at) if self._is_flag(at) else self._positional(at)

    def _positional(self, at: int) -> int:
        word = self.words[at]
        if self.has_model:
            self._surplus(word, self.given[-1] if self.given else None)
        self.has_model = True
        return at + 1

    def _surplus(self, word: Word, before: Given | None) -> None:
        if before and before.option.is_switch and before.index == word.index - 1:
            self._refuse(
                Reason.VALUE,
                word,
                before.spelling,
                word.text,
                "a switch takes no value",
            )
        else:
            # With a blank in its value, a flag that the parser does not know is a loose word to it.
            flag = _FLAG.match(word.text)
            self._refuse(
                Reason.UNKNOWN if flag else Reason.SURPLUS,
                word,
                flag[1] if flag else word.text,
            )

    def _option(self, at: int) -> int:
        word = self.words[at]
        found = self.table.find(word.text)
        if len(found) != 1:
            reason = Reason.AMBIGUOUS if found else Reason.UNKNOWN
            names = ", ".join(sorted(spelling for spelling, _, _ in found))
            self._refuse(reason, word, word.text.partition("=")[0], expected=names)
            return at + 1 + len(self._values(at + 1))
        spelling, option, explicit = found[0]
        if explicit is not None:
            self._explicit(word, option, spelling, explicit)
            return at + 1
        return at + 1 + self._following(at, option, spelling)

    def _explicit(self, word: Word, option: Option, spelling: str, value: str) -> None:
        if option.is_switch:
            self._refuse(Reason.VALUE, word, spelling, value, "a switch takes no value")
        else:
            self._take(option, spelling, [Word(value, word.index)], word)

    def _following(self, at: int, option: Option, spelling: str) -> int:
        """Take the words behind an option; how many they are."""
        limit = {"value": 1, "append": 1, "optional": 1, "list": None}.get(
            option.kind, 0
        )
        values = self._values(at + 1, limit)
        if not values and option.kind in ("value", "append", "list"):
            self._refuse(Reason.VALUE, self.words[at], spelling, None, "a value")
        else:
            self._take(option, spelling, values, self.words[at])
        return len(values)

    def _take(
        self, option: Option, spelling: str, values: Sequence[Word], flag: Word
    ) -> None:
        for value in values:
            if wanted := expected(option, value.text):
                self._refuse(Reason.VALUE, value, spelling, value.text, wanted)
                return
        if spelling == "--model" and not self._as_model(flag):
            return
        index = values[-1].index if values else flag.index
        self.given.append(
            Given(option, spelling, tuple(value.text for value in values), index)
        )

    def _as_model(self, flag: Word) -> bool:
        moved = self.table.moves_model
        if (moved and self.has_model) or (not moved and flag.text == "--model"):
            self._refuse(
                Reason.VALUE,
                flag,
                "--model",
                expected="the model as the first word, without --model",
            )
            return False
        self.has_model = self.has_model or moved
        return True

    def _values(self, at: int, limit: int | None = None) -> list[Word]:
        end = at
        while (
            end < len(self.words)
            and not self._is_flag(end)
            and (limit is None or end - at < limit)
        ):
            end += 1
        return self.words[at:end]

    def _is_flag(self, at: int) -> bool:
        word = self.words[at]
        text = word.text
        if word.literal or len(text) < 2 or text[0] != "-":
            return False
        return bool(self.table.find(text)) or not (is_number(text) or " " in text)

    def _refuse(
        self,
        reason: Reason,
        word: Word,
        flag: str,
        value: str | None = None,
        expected: str = "",
    ) -> None:
        self.refused.append(Refusal(reason, word.index, flag, value, expected))
