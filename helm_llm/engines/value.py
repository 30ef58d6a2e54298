"""The types of the engine's parser: whether a word is a value of an option, and which."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from helm_llm.engines.flag import Flag

_SUFFIXED = re.compile(r"(\d+(?:\.\d+)?)([kKmMgGtT])")
_BARE_SUFFIXED = re.compile(r"\b\d+(?:\.\d+)?[kKmMgGtT]\b")
_POWERS = {"k": 1, "m": 2, "g": 3, "t": 4}


def expected(option: Flag, word: str) -> str | None:
    """What the option accepts instead of this word; None if it accepts the word."""
    if option.nullable and word in ("", "None"):
        return None
    convert, description = _TYPES.get(option.type, _TEXT)
    try:
        value = convert(word)
    except (ValueError, OverflowError, RecursionError):
        return description
    if option.choices and str(value) not in option.choices:
        return f"one of {', '.join(option.choices)}"
    return None


def resolved(option: Flag, word: str) -> Any:
    """The word as the engine reads it."""
    if option.nullable and word in ("", "None"):
        return None
    convert, _ = _TYPES.get(option.type, _TEXT)
    return convert(word)


def human_int(word: str) -> int:
    """`32k` -> 32,000 and `32K` -> 32,768; decimals only with the small letters."""
    match = _SUFFIXED.fullmatch(word.strip())
    if not match:
        return int(word)
    number, suffix = match.groups()
    power = _POWERS[suffix.lower()]
    if suffix.islower():
        return int(float(number) * 1000**power)
    return int(number) << 10 * power


def _human_int_or_auto(word: str) -> int:
    if word.strip().lower() in ("-1", "auto"):
        return -1
    return human_int(word)


def _object(word: str) -> Mapping[str, object]:
    """A JSON object, in which numbers may have suffixes too."""
    parts = re.split(r'("(?:[^"\\]|\\.)*")', word)
    # The odd parts are strings, in which nothing is a number.
    for index in range(0, len(parts), 2):
        parts[index] = _BARE_SUFFIXED.sub(_plain_number, parts[index])
    found = json.loads("".join(parts))
    if not isinstance(found, dict):
        raise ValueError(word)
    return found


def _plain_number(match: re.Match[str]) -> str:
    number = human_int(match[0])
    return str(number)


def _json_or_text(word: str) -> object:
    if re.fullmatch(r"\s*{.*}\s*", word, re.DOTALL):
        return json.loads(word)
    return word


def _object_or_pairs(word: str) -> Mapping[str, object]:
    if word.startswith("{"):
        return _object(word)
    pairs: dict[str, object] = {}
    for pair in word.split(","):
        name, _, number = pair.partition("=")
        pairs[name.strip()] = int(number)
    return pairs


def _lora_module(word: str) -> object:
    """`name=path`, or a JSON object."""
    if not word:
        return word
    # vLLM distinguishes the forms by the comma between the fields of an object.
    if "=" in word and "," not in word:
        return word
    found = json.loads(word)
    if not isinstance(found, dict):
        raise ValueError(word)
    if "name" not in found or "path" not in found:
        raise ValueError(word)
    return found


_TEXT: tuple[Callable[[str], object], str] = (str, "")
_TYPES: Mapping[str, tuple[Callable[[str], object], str]] = {
    "int": (int, "an integer"),
    "float": (float, "a number"),
    "human-int": (
        human_int,
        "an integer, optionally with k, m, g (powers of 1000) or K, M, G (of 1024)",
    ),
    "human-int-or-auto": (_human_int_or_auto, "an integer like 32768 or 32k, or auto"),
    "json": (json.loads, "JSON"),
    "json-object": (_object, "a JSON object"),
    "lora-module": (_lora_module, "name=path or a JSON object with name and path"),
    "json-or-pairs": (_object_or_pairs, "a JSON object or name=integer pairs"),
    "json-or-str": (_json_or_text, "text or a JSON object"),
}
"""Type of a flag table -> its conversion, and a description of what it accepts."""
