"""`--set` and its siblings, read as Helm reads them; its quirks are kept, they decide what users get."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from helm_llm.keypath import KeyPath, dotted
from helm_llm.values.set_value import (
    VALUE_PARSERS,
    InvalidSetOption,
    describe_value,
    parse_json_value,
    replace_invalid_characters,
)

MAX_INDEX, MAX_NAMES, MAX_DEPTH = 65536, 30, 100

Version: TypeAlias = "tuple[int, int, int]"
Claim: TypeAlias = "tuple[KeyPath, Any]"
"""A path that an expression set, padding included, and the value it put there."""


_INTEGER = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)


def apply_set_option(
    flag: str, text: str, tree: dict[str, Any], *, helm_version: Version = (3, 22, 0)
) -> list[Claim]:
    """Edit the tree, which nobody else may hold, in place; what was set comes back in order."""
    text = (
        replace_invalid_characters(text) if flag != "--set-file" else text
    )  # which holds the name of a file
    if flag == "--set-json" and text.strip().startswith("{"):
        return _apply_object(text, tree, helm_version)
    parser = _Parser(text, flag, helm_version)
    while not parser.key(tree, (), 0):
        pass
    return parser.claims


def _apply_object(
    text: str, tree: dict[str, Any], helm_version: Version
) -> list[Claim]:
    if helm_version < (4, 0, 0):
        raise InvalidSetOption(
            "Helm 3 takes KEY=JSON only, the object form needs Helm 4"
        )
    value, end = parse_json_value(text.strip(), 0)
    if end < len(text.strip()):
        raise InvalidSetOption(
            f"there is text after the JSON object: {text.strip()[end:]}"
        )
    return _merged(tree, value, ())


def _merged(tree: dict[str, Any], upper: dict[str, Any], path: KeyPath) -> list[Claim]:
    claims: list[Claim] = []
    for key, value in upper.items():
        below = tree.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            claims += _merged(below, value, (*path, key))
        else:
            tree[key] = value
            claims.append(((*path, key), value))
    return claims


@dataclass(slots=True)
class _Parser:
    """One expression. Methods that consume a key say whether the text ended where Helm silently accepts that."""

    text: str
    flag: str
    helm_version: Version
    claims: list[Claim] = field(default_factory=list)
    _at: int = 0

    def key(self, tree: dict[str, Any], path: KeyPath, names: int) -> bool:
        word, stop = self._until("=[." if self.flag == "--set-literal" else "=[,.")
        if stop == "[":
            return self._list(tree, word, path, names)
        if stop == ".":
            return self._below(tree, word, path, names + 1)
        if stop == "=":
            value, ended = self._value()
            self._set(tree, word, value, path)
            return ended
        if word or stop:
            raise InvalidSetOption(
                f"{dotted((*path, word))} has no value, write {dotted((*path, word))}=VALUE"
            )
        return True

    def _below(
        self, tree: dict[str, Any], word: str, path: KeyPath, names: int
    ) -> bool:
        if names > MAX_NAMES:
            raise InvalidSetOption(f"more than {MAX_NAMES} names follow each other")
        inner = tree.get(word, {})
        if not isinstance(inner, dict):
            raise InvalidSetOption(
                f"{dotted((*path, word))} is {describe_value(inner)} already, no key can be set below it"
            )
        ended = self.key(inner, (*path, word), names)
        if not ended and not inner:
            raise InvalidSetOption(
                f"nothing is set below {dotted((*path, word))}, write {dotted((*path, word))}.KEY=VALUE"
            )
        if inner and word:
            tree[word] = inner
        return ended

    def _list(self, tree: dict[str, Any], word: str, path: KeyPath, names: int) -> bool:
        index = self._index()
        if index is None:
            return True
        items = tree.get(word, [])
        if not isinstance(items, list):
            raise InvalidSetOption(
                f"{dotted((*path, word))} is {describe_value(items)} already, not a list"
            )
        ended = self._item(items, index, (*path, word), names)
        if tree.get(word) is not items:
            self._set(tree, word, items, path)
        return ended

    def _item(self, items: list[Any], index: int, path: KeyPath, names: int) -> bool:
        if len(path) > MAX_DEPTH:
            raise InvalidSetOption(
                f"lists are nested more than {MAX_DEPTH} levels deep"
            )
        if index < 0:
            raise InvalidSetOption(f"{dotted(path)}[{index}]: the first item is [0]")
        word, stop = self._until("[.=")
        if word:
            raise InvalidSetOption(
                f"after {dotted(path)}[{index}] comes `=`, `.` or `[`, not {word}"
            )
        if stop == "":
            return True
        if stop == "=":
            self._set_index(items, index, self._value()[0], path)
            return False
        return self._inner(items, index, path, names, stop)

    def _inner(
        self, items: list[Any], index: int, path: KeyPath, names: int, stop: str
    ) -> bool:
        inner = items[index] if index < len(items) else None
        if stop == ".":
            if not isinstance(inner, dict):
                inner = {}
                if index < len(items):
                    self._set_index(items, index, inner, path)
            ended = self.key(inner, (*path, index), names)
        else:
            below = self._index()
            if below is None:
                return True
            inner = [] if inner is None else inner
            if not isinstance(inner, list):
                raise InvalidSetOption(
                    f"{dotted((*path, index))} is {describe_value(inner)} already, not a list"
                )
            ended = self._item(inner, below, (*path, index), names)
        if not ended:
            self._set_index(items, index, inner, path)
        return ended

    def _set(self, tree: dict[str, Any], word: str, value: Any, path: KeyPath) -> None:
        if word:
            tree[word] = value
            self.claims.append(((*path, word), value))

    def _set_index(
        self, items: list[Any], index: int, value: Any, path: KeyPath
    ) -> None:
        if index > MAX_INDEX:
            raise InvalidSetOption(
                f"{dotted(path)}[{index}]: Helm takes no index above {MAX_INDEX}"
            )
        while len(items) <= index:
            items.append(None)
            self.claims.append(((*path, len(items) - 1), None))
        if items[index] is not value:
            items[index] = value
            self.claims.append(((*path, index), value))

    def _index(self) -> int | None:
        word, stop = self._until("]")
        if stop == "":
            # Newer ones take an index that never closes for the end of the expression.
            if self.helm_version >= (4, 1, 0):
                return None
            raise InvalidSetOption(f"the index [{word} lacks its `]`")
        if not _INTEGER.fullmatch(word):
            raise InvalidSetOption(
                f"[{word}] is no index, write a number; a `[` that belongs to the key is written \\["
            )
        return int(word)

    def _value(self) -> tuple[Any, bool]:
        if self.flag == "--set-literal":
            start, self._at = self._at, len(self.text)
            return self.text[start:], False
        if self.flag == "--set-json":
            return self._json(), False
        if self._at == len(self.text):
            return "", True
        if self.text[self._at] == "{":
            return self._items(), False
        return self._read(self._until(",")[0]), False

    def _items(self) -> list[Any]:
        self._at += 1
        items, stop = [], ","
        while stop == ",":
            word, stop = self._until(",}")
            if stop == "":
                raise InvalidSetOption(
                    "the list lacks its `}`; a text that starts with `{` is written \\{"
                )
            items.append(self._read(word))
        if self.text[self._at : self._at + 1] == ",":
            self._at += 1
        return items

    def _json(self) -> Any:
        if self._is_blank():
            return None
        value, self._at = parse_json_value(self.text, self._at)
        self._is_blank()
        return value

    def _is_blank(self) -> bool:
        """Skip blanks and one comma; whether there was nothing else."""
        while self._at < len(self.text):
            char = self.text[self._at]
            if char != "," and not char.isspace():
                return False
            self._at += 1
            if char == ",":
                return True
        return True

    def _read(self, word: str) -> Any:
        return VALUE_PARSERS[self.flag](word)

    def _until(self, stops: str) -> tuple[str, str]:
        """The text up to one of these characters and that character, "" at the end; a backslash escapes."""
        word: list[str] = []
        text, escapes = self.text, self.flag != "--set-literal"
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
