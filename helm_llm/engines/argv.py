"""What vLLM does to the words of an argument list before argparse sees them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm.engines.table import Table

_NAME = re.compile(r"(?<=--)[^.]*")

Objects = dict[str, tuple[int, dict[str, Any]]]
"""Flag -> the place of its last dotted word, and the object of all of them."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place in the user's list."""

    text: str
    index: int
    literal: bool = False
    """The word follows `--`, so it is not a flag."""


def is_number(text: str) -> bool:
    """Whether argparse takes a word with a leading dash as a negative number."""
    return re.fullmatch(r"-\d+|-\d*\.\d+", text) is not None


def prepare(words: Sequence[str], table: Table) -> list[Word]:
    """Return the words as argparse gets them.

    Dashes replace underscores, `-O3` is spelled out, and the dotted words of a flag
    are one JSON object at the end.
    """
    spelled: list[Word] = []
    for index, word in enumerate(words):
        texts = _spell_out(word, words[index + 1 : index + 2], table)
        spelled.extend(Word(text, index) for text in texts)
    plain, objects = _without_dotted(spelled)
    for flag, (index, value) in objects.items():
        plain += [Word(flag, index), Word(json.dumps(value), index)]
    return _mark_literals(plain)


def _spell_out(word: str, following: Sequence[str], table: Table) -> list[str]:
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        dashed = _NAME.sub(lambda match: match[0].replace("_", "-"), name, count=1)
        return [dashed + equals + value]
    # `-O.key` is a dotted word of the compilation config in releases without levels.
    if not word.startswith("-O") or (word.startswith("-O.") and not table.has_levels):
        return [word]
    if word != "-O":
        return table.optimization(word[2:].removeprefix("="))
    if following and following[0] in ("0", "1", "2", "3"):
        return table.optimization()
    return [word]


def _without_dotted(words: Iterable[Word]) -> tuple[list[Word], Objects]:
    """Split off the words whose flags have dotted keys: `--compilation-config.level 3`."""
    plain: list[Word] = []
    objects: Objects = {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.text.partition("=")
        if not name.startswith("-") or "." not in name:
            plain.append(word)
            continue
        given = Word(value, word.index) if equals else next(rest, None)
        flag, *keys = name.removesuffix("+").split(".")
        if given is None:
            # The engine fails here; a flag without a value reports that.
            plain.append(Word(flag, word.index))
            continue
        _, tree = objects.get(flag, (0, {}))
        _put(tree, keys, _dotted_value(name, given.text))
        objects[flag] = (given.index, tree)
    return plain, objects


def _dotted_value(name: str, text: str) -> object:
    """The value of `--flag.key`, or of `--flag.key+`, which adds to a list."""
    if name.endswith("+"):
        return text.split(",")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _put(tree: dict[str, Any], keys: Sequence[str], value: object) -> None:
    *parents, last = keys
    for key in parents:
        inner = tree.get(key)
        if not isinstance(inner, dict):
            inner = tree[key] = {}
        tree = inner
    previous = tree.get(last)
    if isinstance(previous, list) and isinstance(value, list):
        tree[last] = [*previous, *value]
    else:
        tree[last] = value


def _mark_literals(words: list[Word]) -> list[Word]:
    """Drop the first `--` and mark what follows it."""
    for at, word in enumerate(words):
        if word.text == "--":
            rest = words[at + 1 :]
            literals = [Word(one.text, one.index, literal=True) for one in rest]
            return [*words[:at], *literals]
    return words
