"""The engine's parser of argument lists, over a flag table.

It is argparse with vLLM's preparation of the words. Unlike argparse, it continues
after a refusal, and knows which word each result comes from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property

from helm_llm.engines.argv import Word, is_number, prepare
from helm_llm.engines.flag import Flag
from helm_llm.engines.table import Table
from helm_llm.engines.value import expected

_FLAG = re.compile(r"(--?[A-Za-z][\w.-]*)=", re.ASCII)
_NO_VALUE = "a switch takes no value"


class Reason(Enum):
    """Why a word is refused."""

    UNKNOWN = auto()
    AMBIGUOUS = auto()
    VALUE = auto()
    SURPLUS = auto()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A word that the engine refuses, at `index`, and what it expects there."""

    reason: Reason
    index: int
    flag: str
    value: str | None = None
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """An option with its values. `index` is the word of its last value, or its own."""

    option: Flag
    spelling: str
    values: tuple[str, ...]
    index: int

    @property
    def on(self) -> bool:
        return self.spelling not in self.option.negative


@dataclass(frozen=True)
class Parsed:
    """The options of an argument list, in its order, and what the engine refuses."""

    given: tuple[Given, ...]
    refused: tuple[Refusal, ...]
    model: str | None = None
    """The positional word: the model of `vllm serve`."""

    def last(self, flag: str) -> Given | None:
        """The last occurrence of an option, which is the one that counts."""
        return self._last.get(flag)

    @cached_property
    def _last(self) -> dict[str, Given]:
        last: dict[str, Given] = {}
        for given in self.given:
            last.update(dict.fromkeys(given.option.flags, given))
        return last


def parse(words: Sequence[str], table: Table) -> Parsed:
    """Parse the words that follow `vllm serve`."""
    reader = _Reader(table, prepare(words, table))
    reader.read_all()
    given, refused = tuple(reader.given), tuple(reader.refused)
    if reader.model is None:
        return Parsed(given, refused)
    return Parsed(given, refused, model=words[reader.model])


@dataclass(slots=True)
class _Reader:
    """The state while words are read. `at` is the index of a prepared word."""

    table: Table
    words: list[Word]
    given: list[Given] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    model: int | None = None
    has_model: bool = False

    def read_all(self) -> None:
        at = 0
        while at < len(self.words):
            if self._is_flag(at):
                at = self._read_option(at)
            else:
                self._read_positional(self.words[at])
                at += 1

    def _read_positional(self, word: Word) -> None:
        if self.has_model:
            self._refuse_surplus(word)
        else:
            self.model = word.index
        self.has_model = True

    def _refuse_surplus(self, word: Word) -> None:
        if self.given:
            before = self.given[-1]
            is_next = before.index == word.index - 1
            if is_next and before.option.is_switch:
                self._refuse(Reason.VALUE, word, before.spelling, word.text, _NO_VALUE)
                return
        flag = _FLAG.match(word.text)
        if flag:
            # A blank in its value makes an unknown flag a loose word to argparse.
            self._refuse(Reason.UNKNOWN, word, flag[1])
        else:
            self._refuse(Reason.SURPLUS, word, word.text)

    def _read_option(self, at: int) -> int:
        """Read an option with its values and return the place after them."""
        word = self.words[at]
        found = self.table.find(word.text)
        if len(found) != 1:
            name, _, _ = word.text.partition("=")
            reason = Reason.UNKNOWN
            if found:
                reason = Reason.AMBIGUOUS
            spellings = sorted(spelling for spelling, _, _ in found)
            self._refuse(reason, word, name, expected=", ".join(spellings))
            # The values of the refused option must not count as positional words.
            return at + 1 + len(self._values(at + 1))
        spelling, option, value = found[0]
        if value is None:
            return at + 1 + self._read_values(at, option, spelling)
        if option.is_switch:
            self._refuse(Reason.VALUE, word, spelling, value, _NO_VALUE)
        else:
            self._take(option, spelling, [Word(value, word.index)], word)
        return at + 1

    def _read_values(self, at: int, option: Flag, spelling: str) -> int:
        """Read the words after an option and return how many are its values."""
        limit: int | None = 0
        if option.kind in ("value", "append", "optional"):
            limit = 1
        elif option.kind == "list":
            limit = None
        values = self._values(at + 1, limit)
        if not values and option.kind in ("value", "append", "list"):
            self._refuse(Reason.VALUE, self.words[at], spelling, None, "a value")
        else:
            self._take(option, spelling, values, self.words[at])
        return len(values)

    def _take(
        self, option: Flag, spelling: str, values: Sequence[Word], flag: Word
    ) -> None:
        for value in values:
            if problem := expected(option, value.text):
                self._refuse(Reason.VALUE, value, spelling, value.text, problem)
                return
        # `vllm serve` takes the model as a positional word.
        if spelling == "--model" and not self._take_model(flag):
            return
        index = flag.index
        if values:
            index = values[-1].index
        texts = tuple(value.text for value in values)
        given = Given(option, spelling, texts, index)
        self.given.append(given)

    def _take_model(self, flag: Word) -> bool:
        """Whether `--model` is accepted in place of the positional word."""
        moved = self.table.moves_model
        # Older releases search the words for `--model`, so that `--model=X` passes.
        is_refused = flag.text == "--model"
        if moved:
            is_refused = self.has_model
        if is_refused:
            problem = "the model as the first word, without --model"
            self._refuse(Reason.VALUE, flag, "--model", expected=problem)
            return False
        self.has_model = self.has_model or moved
        return True

    def _values(self, at: int, limit: int | None = None) -> list[Word]:
        """The words up to the next flag, at most `limit`."""
        words = self.words
        end = len(words)
        if limit is not None:
            end = min(at + limit, end)
        for index in range(at, end):
            if self._is_flag(index):
                return words[at:index]
        return words[at:end]

    def _is_flag(self, at: int) -> bool:
        word = self.words[at]
        text = word.text
        if word.literal or len(text) < 2:
            return False
        if text[0] != "-":
            return False
        if self.table.find(text):
            return True
        # As in argparse, a blank makes a word a value unless it is a known flag.
        return " " not in text and not is_number(text)

    def _refuse(
        self,
        reason: Reason,
        word: Word,
        flag: str,
        value: str | None = None,
        expected: str = "",
    ) -> None:
        self.refused.append(Refusal(reason, word.index, flag, value, expected))
