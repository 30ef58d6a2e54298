"""Scalars as a Go template prints them."""

from __future__ import annotations

from collections.abc import Set
from decimal import Decimal


def go_format(value: object) -> str:
    """`true`, `0.1` or `2.0251101e+07`: to Helm every number in values is a float64."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    if not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int) and -1_000_000 < value < 1_000_000:
        return str(value)
    # Go switches to an exponent at 1e+06 and below 1e-04, and writes two digits of it.
    number = Decimal(repr(float(value))).normalize()
    if not number or -4 <= number.adjusted() < 6:
        return f"{number:f}"
    mantissa, _, exponent = f"{number:e}".partition("e")
    sign, digits = exponent[0], exponent[1:]
    return f"{mantissa}e{sign}{digits:0>2}"


def as_helm_prints(
    source: str, value: bool | int | float, types: Set[str]
) -> str | None:
    """The text that Helm prints for a plain scalar where a schema allows these types.

    None if nothing that matters is lost:

    * Where only text is allowed, every difference matters.
    * Where numbers are allowed too, as for quantities, 0.90 and 0.9 are the same.
    * Where booleans are allowed as well, as for environment variables, it is text
      again, but charts print whole numbers in full.
    """
    if "string" not in types:
        return None
    takes_numbers = "number" in types or "integer" in types
    takes_booleans = "boolean" in types
    if isinstance(value, bool):
        if takes_booleans and not takes_numbers:
            return None
    elif takes_numbers and not takes_booleans and _parse_float(source) == value:
        return None
    text = go_format(value)
    if takes_numbers and not isinstance(value, bool) and float(value).is_integer():
        text = str(int(value))
    if text == source:
        return None
    return text


def _parse_float(source: str) -> float | None:
    try:
        return float(source)
    except ValueError:
        return None
