"""What vLLM does to the words of an argument list before argparse sees them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm.engines.table import Table

_NAME = re.compile(r"(?<=--)[^.]*")
_NEGATIVE_NUMBER = re.compile(r"-\d+|-\d*\.\d+")

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
    return _NEGATIVE_NUMBER.fullmatch(text) is not None


def last_model(words: Sequence[str]) -> tuple[int, str] | None:
    """The place and text of the last value of `--model`; None without the flag.

    The parser does not help here: releases that refuse `--model` after `vllm serve`
    accept it after the module, as other scripts do. A flag at the end has no value.
    """
    found: tuple[int, str] | None = None
    for index, word in enumerate(words):
        flag, equals, value = word.partition("=")
        if flag != "--model":
            continue
        if equals:
            found = index, value
        elif index + 1 < len(words):
            found = index + 1, words[index + 1]
        else:
            found = None
    return found


def prepare(words: Sequence[str], table: Table) -> list[Word]:
    """Return the words as argparse gets them.

    Dashes replace underscores, `-O3` is spelled out, and the dotted words of a flag
    are one JSON object at the end.
    """
    spelled: list[Word] = []
    for index, word in enumerate(words):
        following = words[index + 1 : index + 2]
        texts = _spell_out(word, following, table)
        spelled.extend(Word(text, index) for text in texts)
    plain, objects = _without_dotted(spelled)
    for flag, (index, value) in objects.items():
        plain.append(Word(flag, index))
        plain.append(Word(json.dumps(value), index))
    return _mark_literals(plain)


def _spell_out(word: str, following: Sequence[str], table: Table) -> list[str]:
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        # The keys after a dot keep their underscores: they are names of fields.
        dashed = _NAME.sub(_with_dashes, name, count=1)
        return [dashed + equals + value]
    if not word.startswith("-O"):
        return [word]
    # `-O.key` is a dotted word of the compilation config in releases without levels.
    if word.startswith("-O.") and not table.has_levels:
        return [word]
    if word != "-O":
        return table.optimization(word[2:].removeprefix("="))
    if following and following[0] in ("0", "1", "2", "3"):
        return table.optimization()
    return [word]


def _with_dashes(name: re.Match[str]) -> str:
    return name[0].replace("_", "-")


def _without_dotted(words: Iterable[Word]) -> tuple[list[Word], Objects]:
    """Split off the words whose flags have dotted keys: `--compilation-config.level 3`."""
    plain: list[Word] = []
    objects: Objects = {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.text.partition("=")
        is_dotted = name.startswith("-") and "." in name
        if not is_dotted:
            plain.append(word)
            continue
        flag, *keys = name.removesuffix("+").split(".")
        given: Word | None = Word(value, word.index)
        if not equals:
            given = next(rest, None)
        if given is None:
            # The engine fails here; a flag without a value reports that.
            plain.append(Word(flag, word.index))
            continue
        _, tree = objects.get(flag, (0, {}))
        part = _dotted_value(name, given.text)
        _put(tree, keys, part)
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
    # Lists add up even where the flag has no `+`, as in vLLM.
    if isinstance(previous, list) and isinstance(value, list):
        tree[last] = [*previous, *value]
    else:
        tree[last] = value


def _mark_literals(words: list[Word]) -> list[Word]:
    """Drop the first `--` and mark what follows it."""
    for at, word in enumerate(words):
        if word.text != "--":
            continue
        marked = words[:at]
        for following in words[at + 1 :]:
            literal = Word(following.text, following.index, literal=True)
            marked.append(literal)
        return marked
    return words
