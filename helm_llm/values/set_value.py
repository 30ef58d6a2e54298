"""Values in `--set` expressions: typed for --set, text for --set-string, and so on.

`set_parser.py` parses the expressions around them.
"""

import json
import re
from collections.abc import Callable
from typing import NoReturn

from helm_llm import inputs
from helm_llm.document.scalars import Scalar, as_value
from helm_llm.errors import UsageError
from helm_llm.json_text import MAX_DEPTH, is_deeper
from helm_llm.set_option import SetFlag


class InvalidSetOption(Exception):
    """Helm refuses the expression; the message says why and how to write it."""


_KEYWORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "0": 0}
# A leading zero makes the value a string (`0123`), except after a sign (`-0123`).
_INTEGER = re.compile(r"[-+][0-9]{1,99}|[1-9][0-9]{0,99}", re.ASCII)


def _parse_typed(text: str) -> Scalar:
    lowered = text.lower()
    if lowered in _KEYWORDS:
        return _KEYWORDS[lowered]
    if _INTEGER.fullmatch(text):
        number = int(text)
        if -(2**63) <= number < 2**63:
            return number
    return text


def _read_file(name: str) -> str:
    try:
        if set(name) & set("=,\\{}") and inputs.is_read_once(name):
            # Helm gets the content from a copy, whose name takes the place of this one.
            raise InvalidSetOption(
                f"{name} can be read only once, and its name cannot be passed on to "
                "Helm: rename it"
            )
        return inputs.read(name, "the file").decode("utf-8", "replace")
    except inputs.NoEnd:
        raise
    except UsageError as error:
        raise InvalidSetOption(str(error)) from None


VALUE_PARSERS: dict[SetFlag, Callable[[str], Scalar]] = {
    "--set": _parse_typed,
    "--set-string": str,
    "--set-file": _read_file,
}


def _parse_json_number(text: str) -> Scalar:
    return as_value(float(text))


def _refuse_json_constant(text: str) -> NoReturn:
    # Python's parser accepts NaN and Infinity.
    raise ValueError(f"JSON has no {text}")


_DECODER = json.JSONDecoder(
    parse_int=_parse_json_number,
    parse_float=_parse_json_number,
    parse_constant=_refuse_json_constant,
)
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][-+]?\d*)?", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_json_value(text: str, start: int) -> tuple[object, int]:
    """The JSON value at an offset, as Helm reads it, and the offset of its end."""
    value: object
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        reason = str(error)
        # Without the position, which would count from the start of the whole option.
        if isinstance(error, json.JSONDecodeError):
            reason = error.msg
        raise InvalidSetOption(
            f"{text[start:]} is not JSON ({reason}): a string needs double quotes"
        ) from None
    number = _JSON_NUMBER.match(text, start)
    if number and number.end() != end:
        # Python reads `1.` as 1 and leaves the dot.
        raise InvalidSetOption(f"{number[0]} is not a JSON number")
    if is_deeper(value, MAX_DEPTH):
        raise InvalidSetOption(
            f"the JSON value is nested more than {MAX_DEPTH} levels deep"
        )
    if "\\u" in text:
        value = _replace_surrogates(value)
    return value, end


def replace_invalid_characters(text: str) -> str:
    """The text as Go reads it: U+FFFD for each byte that is not UTF-8."""
    if text.isascii():
        return text
    return _SURROGATE.sub("\ufffd", text)


def _replace_surrogates(value: object) -> object:
    # `\ud800` in JSON is half a character; Go replaces it.
    if isinstance(value, str):
        return replace_invalid_characters(value)
    if isinstance(value, list):
        return [_replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {
            replace_invalid_characters(key): _replace_surrogates(item)
            for key, item in value.items()
        }
    return value


def describe_value(value: object) -> str:
    """A value as messages mention it: `a list`, `the value 2`."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"the value {json.dumps(value, ensure_ascii=False)}"
