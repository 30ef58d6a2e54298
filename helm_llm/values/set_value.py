"""What the value of an option means: an int, a bool, null or text, a file's content, JSON."""

import json
import re
from collections.abc import Callable
from typing import Any

from helm_llm import inputs
from helm_llm.document.scalars import as_value
from helm_llm.errors import UsageError
from helm_llm.json_text import MAX_DEPTH, is_deeper


class InvalidSetOption(Exception):
    """Helm does not take the expression; the message says why and how to write it."""


def _typed(word: str) -> Any:
    lowered = word.lower()
    if lowered in _TYPED:
        return _TYPED[lowered]
    if _INTEGER.fullmatch(word) and -(2**63) <= int(word) < 2**63:
        return int(word)
    return word


def _file(word: str) -> str:
    try:
        if set(word) & set("=,\\{}") and inputs.is_read_once(word):
            raise InvalidSetOption(
                f"{word} can be read only once, and its name does not let it be handed to Helm: rename it"
            )
        return inputs.read(word, "the file").decode("utf-8", "replace")
    except inputs.NoEnd:
        raise
    except UsageError as error:
        raise InvalidSetOption(str(error)) from None


_TYPED = {"true": True, "false": False, "null": None, "0": 0}
# A leading zero makes a string (`0123`), behind a sign it does not.
_INTEGER = re.compile(r"[-+][0-9]{1,99}|[1-9][0-9]{0,99}", re.ASCII)

VALUE_PARSERS: dict[str, Callable[[str], Any]] = {
    "--set": _typed,
    "--set-string": str,
    "--set-file": _file,
}


def parse_json_value(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that starts there, as Helm reads it, and where it ends."""
    try:
        value, end = _JSON.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        why = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise InvalidSetOption(
            f"{text[start:]} is not JSON ({why}): a string needs double quotes"
        ) from None
    number = _JSON_NUMBER.match(text, start)
    if number and number.end() != end:
        raise InvalidSetOption(f"{number[0]} is not a JSON number")
    if is_deeper(value, MAX_DEPTH):
        raise InvalidSetOption(
            f"the JSON value is nested more than {MAX_DEPTH} levels deep"
        )
    return (_readable_all(value) if "\\u" in text else value), end


def replace_invalid_characters(text: str) -> str:
    """The text as Go reads it: each byte that is no UTF-8, and half a surrogate pair, becomes U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _readable_all(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            replace_invalid_characters(key): _readable_all(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_readable_all(inner) for inner in value]
    return replace_invalid_characters(value) if isinstance(value, str) else value


def _number(text: str) -> Any:
    return as_value(float(text))


def _constant(text: str) -> Any:
    raise ValueError(f"JSON has no {text}")


_JSON = json.JSONDecoder(
    parse_int=_number, parse_float=_number, parse_constant=_constant
)
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][-+]?\d*)?", re.ASCII)


def describe_value(value: Any) -> str:
    """A value in words, for messages."""
    if value is None:
        return "null"
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    return f"the value {json.dumps(value, ensure_ascii=False)}"
