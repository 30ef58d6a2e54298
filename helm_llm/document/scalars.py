"""What Helm makes of a YAML scalar. Helm reads values with a YAML of its own: `y` is true, `0o17` and `017` are 15,
`08` is 8, dates and `10:30` are strings, and in the end every number is a float64."""

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
_WORDS: dict[str, Scalar] = {
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
_DIGITS = frozenset("+-0123456789")
_INTEGER = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))",
    re.ASCII,
)
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII
)
_DOT = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?", re.ASCII)
_INT64_MIN, _INT64_MAX, _UINT64_MAX = -(2**63), 2**63 - 1, 2**64 - 1


def resolve(text: str, tag: str | None, plain: bool) -> Scalar:
    """The scalar as Helm's YAML library sees it; ValueError for a tag that the text does not fit."""
    if tag is None:
        return _plain(text) if plain else text
    if tag == BINARY:
        return _binary(text)
    if tag not in _TYPES:
        return text
    value = _plain(text)
    if type(value) not in _TYPES[tag]:
        raise ValueError(f"`{text}` does not fit its tag !!{tag.rpartition(':')[2]}")
    return value


def _plain(text: str) -> Scalar:
    if text == "":
        return None
    if text[0] not in _FIRST:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _DIGITS:
        return _number(text)
    return _float(text.replace("_", ""), text) if _DOT.fullmatch(text) else text


def _number(text: str) -> Scalar:
    digits = text.replace("_", "")
    if match := _INTEGER.fullmatch(digits):
        number = _integer(match)
        if _INT64_MIN <= number <= (_INT64_MAX if match[1] else _UINT64_MAX):
            return number
    return _float(digits, text) if _FLOAT.fullmatch(digits) else text


def _integer(match: re.Match[str]) -> int:
    sign, hexadecimal, octal, binary, decimal = match.groups()
    for digits, base in ((hexadecimal, 16), (octal, 8), (binary, 2), (decimal, 10)):
        # 64 binary digits are the most that can fit; Python refuses to convert very long decimals.
        if digits is not None:
            return (
                int(sign + digits, base)
                if len(digits.lstrip("0")) <= 64
                else _UINT64_MAX + 1
            )
    raise AssertionError(match)


def _float(digits: str, text: str) -> float | str:
    number = float(digits)
    return text if math.isinf(number) else number


def _binary(text: str) -> str:
    try:
        return base64.b64decode(re.sub("[\r\n]", "", text), validate=True).decode(
            "utf-8", "replace"
        )
    except binascii.Error:
        raise ValueError("the !!binary value is not base64") from None


def as_value(scalar: Scalar) -> Scalar:
    """The scalar after Helm's trip through JSON: a number is a float64, given as int when it is whole and exact."""
    if isinstance(scalar, bool) or not isinstance(scalar, (int, float)):
        return scalar
    number = float(scalar)
    if not math.isfinite(number):
        raise ValueError(
            f"Helm refuses {_float32(number)} as a value, JSON has no such number"
        )
    return int(number) if number.is_integer() and abs(number) <= 2**53 else number


def as_key(scalar: Scalar) -> str:
    """The key of a values map: Helm turns every key into a string, `1` into "1", `y` into "true"."""
    if isinstance(scalar, str):
        return scalar
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    if isinstance(scalar, float):
        return _float32(scalar)
    if isinstance(scalar, int) and scalar <= _INT64_MAX:
        return str(scalar)
    raise ValueError(
        "a key must not be null"
        if scalar is None
        else f"the number {scalar} is too large for a key"
    )


def _float32(number: float) -> str:
    # Float keys are printed as Go's 'g' with the fewest digits that a float32 needs: `3.10:` is "3.1".
    try:
        (single,) = struct.unpack("<f", struct.pack("<f", number))
    except OverflowError:
        single = math.copysign(math.inf, number)
    if not math.isfinite(single):
        return ".nan" if math.isnan(single) else ".inf" if single > 0 else "-.inf"
    packed = struct.pack("<f", single)
    shortest = next(
        text
        for p in range(9)
        if struct.pack("<f", float(text := f"{single:.{p}e}")) == packed
    )
    exponent = int(shortest.partition("e")[2])
    return f"{float(shortest):.9g}" if -4 <= exponent < 6 else shortest
