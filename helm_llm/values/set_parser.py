"""Parser for `--set`, `--set-string`, `--set-json`, `--set-file` and `--set-literal`.

    --set  a.b=1,servers[0].port=80,tags={x,y}

`apply_set_option` is the entry point. It edits a tree of values as Helm's package
strvals does, including strvals' quirks, because they decide what users get:

* `set_option.py` defines the flags and their order,
* this module walks along the keys and sets the values,
* `set_scanner.py` reads keys, indexes and lists from the text,
* `set_value.py` parses the values,
* `layers.py` applies the options to the values files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from helm_llm.keypath import KeyPath, dotted
from helm_llm.set_option import SetFlag
from helm_llm.values.set_scanner import Scanner, Version
from helm_llm.values.set_value import (
    InvalidSetOption,
    describe_value,
    parse_json_value,
    replace_invalid_characters,
)

MAX_INDEX, MAX_NAMES, MAX_DEPTH = 65536, 30, 100
"""Helm's limits for an index, and for keys in a path; ours for lists in lists."""

Map: TypeAlias = "dict[str, Any]"
Claim: TypeAlias = "tuple[KeyPath, object]"
"""A path that an expression set, padding of lists included, and its value."""


def apply_set_option(
    flag: SetFlag, text: str, tree: Map, *, helm_version: Version = (3, 22, 0)
) -> list[Claim]:
    """Apply an expression to a tree, which is edited in place.

    Returns what was set, in order. InvalidSetOption for what Helm refuses.
    """
    if flag != "--set-file":  # the name of a file may have any bytes
        text = replace_invalid_characters(text)
    if flag == "--set-json" and text.strip().startswith("{"):
        return _apply_json_object(text.strip(), tree, helm_version)
    parser = _Parser(Scanner(text, flag, helm_version))
    while not parser.parse_assignment(tree, (), 0):
        pass
    return parser.claims


def _apply_json_object(text: str, tree: Map, helm_version: Version) -> list[Claim]:
    if helm_version < (4, 0, 0):
        raise InvalidSetOption(
            "Helm 3 only takes KEY=JSON; the object form needs Helm 4"
        )
    value, end = parse_json_value(text, 0)
    if end < len(text):
        raise InvalidSetOption(f"there is text after the JSON object: {text[end:]}")
    assert isinstance(value, dict), text  # noqa: S101 - it starts with {
    return _merge(tree, value, ())


def _merge(tree: Map, upper: Map, path: KeyPath) -> list[Claim]:
    claims: list[Claim] = []
    for key, value in upper.items():
        below = tree.get(key)
        key_path = (*path, key)
        if isinstance(value, dict) and isinstance(below, dict):
            claims += _merge(below, value, key_path)
        else:
            tree[key] = value
            claims.append((key_path, value))
    return claims


@dataclass(slots=True)
class _Parser:
    """Parser for one expression.

    Methods that parse a key return True where the text ends in a way that Helm
    silently accepts: without a value, or with an empty one.
    """

    scanner: Scanner
    claims: list[Claim] = field(default_factory=list)

    def parse_assignment(self, tree: Map, path: KeyPath, names: int) -> bool:
        """Parse `key=value` up to the next comma; `names` counts the keys so far."""
        stops = "=[,."
        if self.scanner.flag == "--set-literal":
            # A comma is an ordinary character of a literal.
            stops = "=[."
        word, stop = self.scanner.read_until(stops)
        if stop == "[":
            return self._parse_index(tree, word, path, names)
        if stop == ".":
            return self._parse_subkey(tree, word, path, names + 1)
        if stop == "=":
            value, at_end = self.scanner.parse_value()
            self._set_key(tree, word, value, path)
            return at_end
        if word or stop:
            key = dotted((*path, word))
            raise InvalidSetOption(f"{key} has no value, write {key}=VALUE")
        return True

    def _parse_subkey(self, tree: Map, word: str, path: KeyPath, names: int) -> bool:
        """Parse what follows `word.`"""
        if names > MAX_NAMES:
            raise InvalidSetOption(f"the path has more than {MAX_NAMES} names in a row")
        key = (*path, word)
        inner = tree.get(word, {})
        if not isinstance(inner, dict):
            raise InvalidSetOption(
                f"{dotted(key)} is already {describe_value(inner)}, "
                "so no key can be set below it"
            )
        at_end = self.parse_assignment(inner, key, names)
        if inner:
            # strvals drops what is set below an empty key.
            if word:
                tree[word] = inner
        elif not at_end:
            name = dotted(key)
            raise InvalidSetOption(
                f"nothing is set below {name}, write {name}.KEY=VALUE"
            )
        return at_end

    def _parse_index(self, tree: Map, word: str, path: KeyPath, names: int) -> bool:
        """Parse what follows `word[`"""
        index = self.scanner.read_index()
        if index is None:
            return True
        key = (*path, word)
        items = tree.get(word, [])
        if not isinstance(items, list):
            raise _not_a_list(key, items)
        at_end = self._parse_item(items, index, key, names)
        # Helm sets even a list to which the rest of the expression added nothing.
        if tree.get(word) is not items:
            self._set_key(tree, word, items, path)
        return at_end

    def _parse_item(
        self, items: list[object], index: int, path: KeyPath, names: int
    ) -> bool:
        """Parse what follows `path[index]`"""
        if len(path) > MAX_DEPTH:
            raise InvalidSetOption(
                f"lists are nested more than {MAX_DEPTH} levels deep"
            )
        if index < 0:
            raise InvalidSetOption(f"{dotted(path)}[{index}]: the first item is [0]")
        word, stop = self.scanner.read_until("[.=")
        if word:
            raise InvalidSetOption(
                f"`=`, `.` or `[` must follow {dotted(path)}[{index}], not {word}"
            )
        if stop == "=":
            value, _ = self.scanner.parse_value()
            self._set_item(items, index, value, path)
            return False
        if stop == ".":
            return self._parse_item_key(items, index, path, names)
        if stop == "[":
            return self._parse_item_index(items, index, path, names)
        return True

    def _parse_item_key(
        self, items: list[object], index: int, path: KeyPath, names: int
    ) -> bool:
        """Parse what follows `path[index].`"""
        inner: object = None
        if index < len(items):
            inner = items[index]
        if not isinstance(inner, dict):
            inner = {}
            # Helm replaces an item that is not a map even if nothing is then set in it.
            if index < len(items):
                self._set_item(items, index, inner, path)
        at_end = self.parse_assignment(inner, (*path, index), names)
        if not at_end:
            self._set_item(items, index, inner, path)
        return at_end

    def _parse_item_index(
        self, items: list[object], index: int, path: KeyPath, names: int
    ) -> bool:
        """Parse what follows `path[index][`"""
        inner_index = self.scanner.read_index()
        if inner_index is None:
            return True
        inner: object = None
        if index < len(items):
            inner = items[index]
        if inner is None:
            inner = []
        item_path = (*path, index)
        if not isinstance(inner, list):
            raise _not_a_list(item_path, inner)
        at_end = self._parse_item(inner, inner_index, item_path, names)
        if not at_end:
            self._set_item(items, index, inner, path)
        return at_end

    def _set_key(self, tree: Map, word: str, value: object, path: KeyPath) -> None:
        # strvals ignores an assignment to an empty key.
        if not word:
            return
        tree[word] = value
        self.claims.append(((*path, word), value))

    def _set_item(
        self, items: list[object], index: int, value: object, path: KeyPath
    ) -> None:
        if index > MAX_INDEX:
            raise InvalidSetOption(
                f"{dotted(path)}[{index}]: Helm takes no index above {MAX_INDEX}"
            )
        # Helm fills a list up with nulls.
        while len(items) <= index:
            padding = (*path, len(items))
            items.append(None)
            self.claims.append((padding, None))
        if items[index] is not value:
            items[index] = value
            item_path = (*path, index)
            self.claims.append((item_path, value))


def _not_a_list(path: KeyPath, value: object) -> InvalidSetOption:
    return InvalidSetOption(
        f"{dotted(path)} is already {describe_value(value)}, not a list"
    )
