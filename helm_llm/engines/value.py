"""Whether a word is a value of an option, and which: the types of the engine's parser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from helm_llm.engines.flag import Option

_SUFFIXED = re.compile(r"(\d+(?:\.\d+)?)([kKmMgGtT])")
_BARE_SUFFIXED = re.compile(r"\b\d+(?:\.\d+)?[kKmMgGtT]\b")
_POWERS = {suffix: power for power, suffix in enumerate("kmgt", 1)}


def expected(option: Option, word: str) -> str | None:
    """What the option wants instead of this word; None when it takes the word."""
    if option.nullable and word in ("", "None"):
        return None
    try:
        parsed = _TYPES.get(option.type, (str, ""))[0](word)
    except (ValueError, OverflowError, RecursionError):
        return _TYPES[option.type][1]
    if option.choices and str(parsed) not in option.choices:
        return f"one of {', '.join(option.choices)}"
    return None


def resolved(option: Option, word: str) -> Any:
    """The word as the engine reads it."""
    return (
        None
        if option.nullable and word in ("", "None")
        else _TYPES.get(option.type, (str, ""))[0](word)
    )


def human_int(word: str) -> int:
    """`32k` is 32,000 and `32K` 32,768; decimals only with the small letters."""
    match = _SUFFIXED.fullmatch(word.strip())
    if not match:
        return int(word)
    number, suffix = match.groups()
    power = _POWERS[suffix.lower()]
    return (
        int(float(number) * 1000**power)
        if suffix.islower()
        else int(number) * 1024**power
    )


def _human_int_or_auto(word: str) -> int:
    return -1 if word.strip().lower() in ("-1", "auto") else human_int(word)


def _object(word: str) -> Mapping[str, Any]:
    """Numbers in it may have suffixes as well."""
    parts = re.split(r'("(?:[^"\\]|\\.)*")', word)
    parts[::2] = [
        _BARE_SUFFIXED.sub(lambda match: str(human_int(match[0])), part)
        for part in parts[::2]
    ]
    found = json.loads("".join(parts))
    if not isinstance(found, dict):
        raise ValueError(word)
    return found


def _json_or_text(word: str) -> Any:
    return json.loads(word) if re.fullmatch(r"\s*{.*}\s*", word, re.DOTALL) else word


def _object_or_pairs(word: str) -> Mapping[str, Any]:
    if word.startswith("{"):
        return _object(word)
    pairs = (pair.partition("=") for pair in word.split(","))
    return {name.strip(): int(number) for name, _, number in pairs}


def _lora_module(word: str) -> Any:
    if not word or ("=" in word and "," not in word):
        return word
    found = json.loads(word)
    if not isinstance(found, dict) or not {"name", "path"} <= found.keys():
        raise ValueError(word)
    return found


_TYPES: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "int": (int, "an integer"),
    "float": (float, "a number"),
    "human-int": (
        human_int,
        "an integer, with k, m, g (powers of 1000) or K, M, G (of 1024) behind it or not",
    ),
    "human-int-or-auto": (_human_int_or_auto, "an integer like 32768 or 32k, or auto"),
    "json": (json.loads, "JSON"),
    "json-object": (_object, "a JSON object"),
    "lora-module": (_lora_module, "name=path or a JSON object with name and path"),
    "json-or-pairs": (_object_or_pairs, "a JSON object or name=integer pairs"),
    "json-or-str": (_json_or_text, "text or a JSON object"),
}
