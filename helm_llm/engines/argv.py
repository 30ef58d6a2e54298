"""What vLLM does to the words of an argument list before argparse sees them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm.engines.table import Table

_NAME = re.compile(r"(?<=--)[^.]*")


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place in the user's list. `literal`: behind `--`, no flag whatever it looks like."""

    text: str
    index: int
    literal: bool = False


def is_number(text: str) -> bool:
    """Whether argparse takes a word that starts with a dash for a negative number."""
    return re.fullmatch(r"-\d+|-\d*\.\d+", text) is not None


def prepared(words: Sequence[str], table: Table) -> list[Word]:
    """Dashes for underscores, `-O3` spelt out, dotted words as one JSON object at the end."""
    spelt = [
        Word(text, index)
        for index, word in enumerate(words)
        for text in _spelt(word, words, index, table)
    ]
    plain, objects = _without_dotted(spelt)
    for flag, (index, value) in objects.items():
        plain += [Word(flag, index), Word(json.dumps(value), index)]
    return _ended(plain)


def _spelt(word: str, words: Sequence[str], index: int, table: Table) -> list[str]:
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return [
            _NAME.sub(lambda match: match[0].replace("_", "-"), name, count=1)
            + equals
            + value
        ]
    if not word.startswith("-O") or (word.startswith("-O.") and not table.has_levels):
        return [word]
    if word != "-O":
        return table.optimization(word[3:] if word[2] == "=" else word[2:])
    level = words[index + 1 : index + 2]
    return (
        table.optimization() if level and level[0] in ("0", "1", "2", "3") else [word]
    )


def _without_dotted(
    words: Sequence[Word],
) -> tuple[list[Word], dict[str, tuple[int, dict[str, Any]]]]:
    """The plain words; for each flag with dotted keys the object they make and the last word's place."""
    plain: list[Word] = []
    objects: dict[str, tuple[int, dict[str, Any]]] = {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.text.partition("=")
        if not name.startswith("-") or "." not in name:
            plain.append(word)
            continue
        given = Word(value, word.index) if equals else next(rest, None)
        flag, *keys = name.removesuffix("+").split(".")
        if given is None:
            plain.append(
                Word(flag, word.index)
            )  # The engine fails here; a flag without a value says so.
            continue
        tree = objects.get(flag, (0, {}))[1]
        _put(
            tree,
            keys,
            given.text.split(",") if name.endswith("+") else _scalar(given.text),
        )
        objects[flag] = (given.index, tree)
    return plain, objects


def _put(tree: dict[str, Any], keys: Sequence[str], value: Any) -> None:
    *parents, last = keys
    for key in parents:
        inner = tree.get(key)
        tree[key] = tree = inner if isinstance(inner, dict) else {}
    held = tree.get(last)
    tree[last] = (
        [*held, *value] if isinstance(held, list) and isinstance(value, list) else value
    )


def _scalar(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _ended(words: Sequence[Word]) -> list[Word]:
    ends = [at for at, word in enumerate(words) if word.text == "--"]
    if not ends:
        return list(words)
    behind = [
        Word(word.text, word.index, literal=True) for word in words[ends[0] + 1 :]
    ]
    return [*words[: ends[0]], *behind]
