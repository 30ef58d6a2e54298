"""How Helm reads a YAML scalar.

Helm's YAML library differs from PyYAML and from YAML 1.2: `y` is true, `0o17` and `017`
are 15, `08` is 8, dates and `10:30` are strings. Helm then converts the values to JSON,
which makes every number a float64.
"""

import base64
import binascii
import math
import re
import struct
from typing import TypeAlias

Scalar: TypeAlias = "str | int | float | bool | None"

STR, NULL, BINARY, MERGE = (
    f"tag:yaml.org,2002:{name}" for name in ("str", "null", "binary", "merge")
)
_TYPES: dict[str, tuple[type, ...]] = {
    "tag:yaml.org,2002:bool": (bool,),
    "tag:yaml.org,2002:int": (int,),
    "tag:yaml.org,2002:float": (float, int),
    NULL: (type(None),),
}
_KEYWORDS: dict[str, Scalar] = {
    **dict.fromkeys(
        ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True
    ),
    **dict.fromkeys(
        ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"),
        False,
    ),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_FIRST = frozenset("yYnNtTfFoO~.+-0123456789")
"""First characters of everything that is not a string; most scalars stop here."""
_DIGITS = frozenset("+-0123456789")
_INTEGER = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))",
    re.ASCII,
)
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII
)
_STARTS_WITH_DOT = re.compile(
    r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?", re.ASCII
)
_INT64_MIN, _INT64_MAX, _UINT64_MAX = -(2**63), 2**63 - 1, 2**64 - 1


def resolve(text: str, tag: str | None, plain: bool) -> Scalar:
    """The scalar as Helm's YAML library reads it; ValueError if the tag does not fit."""
    if tag is None:
        if not plain:
            return text
        return _resolve_plain(text)
    if tag == BINARY:
        return _decode_binary(text)
    if tag not in _TYPES:
        return text
    value = _resolve_plain(text)
    if type(value) not in _TYPES[tag]:
        _, _, name = tag.rpartition(":")
        raise ValueError(f"`{text}` does not fit its tag !!{name}")
    return value


def _resolve_plain(text: str) -> Scalar:
    if text == "":
        return None
    if text[0] not in _FIRST:
        return text
    if text in _KEYWORDS:
        return _KEYWORDS[text]
    if text[0] in _DIGITS:
        return _resolve_number(text)
    if _STARTS_WITH_DOT.fullmatch(text):
        return _finite_float(text.replace("_", ""), text)
    return text


def _resolve_number(text: str) -> Scalar:
    digits = text.replace("_", "")
    match = _INTEGER.fullmatch(digits)
    if match:
        number = _parse_integer(match)
        # Go reads a number with a sign as int64, and falls back to uint64 without one.
        largest = _UINT64_MAX
        if match[1]:
            largest = _INT64_MAX
        if _INT64_MIN <= number <= largest:
            return number
    if _FLOAT.fullmatch(digits):
        return _finite_float(digits, text)
    return text


def _parse_integer(match: re.Match[str]) -> int:
    sign, hexadecimal, octal, binary, decimal = match.groups()
    for digits, base in ((hexadecimal, 16), (octal, 8), (binary, 2), (decimal, 10)):
        if digits is None:
            continue
        # 64 binary digits are the most that fit. Python refuses very long decimals.
        if len(digits.lstrip("0")) > 64:
            return _UINT64_MAX + 1
        return int(sign + digits, base)
    raise AssertionError(match)


def _finite_float(digits: str, text: str) -> float | str:
    # Go fails to parse a number beyond float64, and then it is a string.
    number = float(digits)
    if math.isinf(number):
        return text
    return number


def _decode_binary(text: str) -> str:
    try:
        data = base64.b64decode(re.sub("[\r\n]", "", text), validate=True)
    except binascii.Error:
        raise ValueError("the !!binary value is not base64") from None
    return data.decode("utf-8", "replace")


def as_value(scalar: Scalar) -> Scalar:
    """The scalar after Helm has converted it to JSON and back.

    A number is a float64, returned as int where it is whole and exact. ValueError for
    infinity and NaN, which JSON lacks.
    """
    if isinstance(scalar, bool) or not isinstance(scalar, (int, float)):
        return scalar
    number = float(scalar)
    if not math.isfinite(number):
        raise ValueError(
            f"Helm refuses {_format_float_key(number)} as a value: JSON has no such number"
        )
    if number.is_integer() and abs(number) <= 2**53:
        return int(number)
    return number


def as_key(scalar: Scalar) -> str:
    """The scalar as a key of a values map: `1` is "1", `y` is "true"."""
    if isinstance(scalar, str):
        return scalar
    if scalar is True:
        return "true"
    if scalar is False:
        return "false"
    if isinstance(scalar, float):
        return _format_float_key(scalar)
    if scalar is None:
        raise ValueError("a key must not be null")
    if scalar > _INT64_MAX:
        raise ValueError(f"the number {scalar} is too large for a key")
    return str(scalar)


def _format_float_key(number: float) -> str:
    # Helm formats a float key as a float32, with Go's 'g' and as few digits as
    # possible: `3.10:` is the key "3.1".
    try:
        packed = struct.pack("<f", number)
    except OverflowError:
        packed = struct.pack("<f", math.copysign(math.inf, number))
    (single,) = struct.unpack("<f", packed)
    if math.isnan(single):
        return ".nan"
    if math.isinf(single):
        if single > 0:
            return ".inf"
        return "-.inf"
    shortest = _shortest_digits(single, packed)
    _, _, digits = shortest.partition("e")
    exponent = int(digits)
    if -4 <= exponent < 6:
        return f"{float(shortest):.9g}"
    return shortest


def _shortest_digits(single: float, packed: bytes) -> str:
    """The shortest `1.5e+01` that is still this float32."""
    for precision in range(9):
        text = f"{single:.{precision}e}"
        if struct.pack("<f", float(text)) == packed:
            return text
    raise AssertionError(single)
