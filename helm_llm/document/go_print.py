"""A scalar as a Go template prints it."""

from __future__ import annotations

from collections.abc import Set
from decimal import Decimal
from typing import Any


def go_format(value: Any) -> str:
    """`true`, `0.1`, `2.0251101e+07`: every number of a values file is a float64 for Helm."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int) and -1_000_000 < value < 1_000_000:
        return str(value)
    number = Decimal(repr(float(value))).normalize()
    if not number or -4 <= number.adjusted() < 6:
        return f"{number:f}"
    mantissa, _, exponent = f"{number:e}".partition("e")
    return f"{mantissa}e{exponent[0]}{exponent[1:]:0>2}"


def as_helm_prints(
    source: str, value: bool | int | float, types: Set[str]
) -> str | None:
    """What becomes of a plain scalar where these types are allowed; None when nothing that matters is lost.

    Text alone: every difference matters. Numbers too, as for quantities and fractions: 0.90 and 0.9 are the same.
    Booleans as well, as for environment variables: it is text again, in which charts print whole numbers in full.
    """
    numbers = "number" in types or "integer" in types
    if "string" not in types or (
        isinstance(value, bool) and "boolean" in types and not numbers
    ):
        return None
    if (
        numbers
        and "boolean" not in types
        and not isinstance(value, bool)
        and _number(source) == value
    ):
        return None
    whole = numbers and not isinstance(value, bool) and float(value).is_integer()
    text = str(int(value)) if whole else go_format(value)
    return None if text == source else text


def _number(source: str) -> float | None:
    try:
        return float(source)
    except ValueError:
        return None
