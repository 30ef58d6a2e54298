"""Words of a `--set` expression: keys, indexes, values and lists of values."""

from __future__ import annotations

import re
from typing import TypeAlias

from helm_llm.set_option import SetFlag
from helm_llm.values.set_value import (
    VALUE_PARSERS,
    InvalidSetOption,
    parse_json_value,
)

Version: TypeAlias = "tuple[int, int, int]"

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)


class Scanner:
    """A position in the text of an expression, which each method moves on."""

    def __init__(self, text: str, flag: SetFlag, helm_version: Version) -> None:
        self.text = text
        self.flag = flag
        self.helm_version = helm_version
        self._at = 0

    def read_index(self) -> int | None:
        """The number up to `]`; None if the expression ends before it."""
        word, stop = self.read_until("]")
        if stop == "":
            if self.helm_version >= (4, 1, 0):
                return None  # which newer versions of Helm ignore
            raise InvalidSetOption(f"the index [{word} lacks its `]`")
        if not _INTEGER.fullmatch(word):
            raise InvalidSetOption(
                f"[{word}] is not an index, write a number; "
                "a `[` that belongs to the key is written \\["
            )
        return int(word)

    def parse_value(self) -> tuple[object, bool]:
        """Parse what follows `=`; True if that is nothing."""
        if self.flag == "--set-literal":
            start, self._at = self._at, len(self.text)
            return self.text[start:], False
        if self.flag == "--set-json":
            return self._parse_json(), False
        if self._at == len(self.text):
            return "", True
        if self.text[self._at] == "{":
            return self._parse_list(), False
        word, _ = self.read_until(",")
        return VALUE_PARSERS[self.flag](word), False

    def _parse_list(self) -> list[object]:
        """Parse `{a,b}`"""
        self._at += 1
        items: list[object] = []
        stop = ","
        while stop == ",":
            word, stop = self.read_until(",}")
            if stop == "":
                raise InvalidSetOption(
                    "the list lacks its `}`; a text that starts with `{` is written \\{"
                )
            items.append(VALUE_PARSERS[self.flag](word))
        if self.text[self._at : self._at + 1] == ",":
            self._at += 1
        return items

    def _parse_json(self) -> object:
        if self._skip_separator():
            return None
        value, self._at = parse_json_value(self.text, self._at)
        self._skip_separator()
        return value

    def _skip_separator(self) -> bool:
        """Skip blanks and one comma; True if there is a comma or nothing else."""
        while self._at < len(self.text):
            char = self.text[self._at]
            if char != "," and not char.isspace():
                return False
            self._at += 1
            if char == ",":
                return True
        return True

    def read_until(self, stops: str) -> tuple[str, str]:
        """The text up to one of these characters, and that character.

        The character is "" at the end of the expression. A backslash escapes.
        """
        word: list[str] = []
        text = self.text
        escapes = self.flag != "--set-literal"
        while self._at < len(text):
            char = text[self._at]
            self._at += 1
            if char in stops:
                return "".join(word), char
            if char == "\\" and escapes:
                char = text[self._at : self._at + 1]
                self._at += 1
            word.append(char)
        return "".join(word), ""
