"""Kubernetes quantities."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

_NUMBER = r"[+-]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})"
_SUFFIX = r"[numkMGTPE]?|[KMGTPE]i|[eE][+-]?\d{1,2}"
_QUANTITY = re.compile(rf"({_NUMBER})({_SUFFIX})", re.ASCII)

_SCALES = {
    "": Fraction(1),
    **{suffix: Fraction(1, 1000**power) for power, suffix in enumerate("mun", 1)},
    **{suffix: Fraction(1000**power) for power, suffix in enumerate("kMGTPE", 1)},
    **{f"{suffix}i": Fraction(1024**power) for power, suffix in enumerate("KMGTPE", 1)},
}


def quantity(value: Any) -> Fraction | int | None:
    """`2`, `"2"`, `"2.0"`, `500m`, `24Gi` as a number; None for what is no quantity."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, int):
        return value
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        return None
    number, suffix = Fraction(match[1]), match[2]
    return number * (
        _SCALES[suffix] if suffix in _SCALES else Fraction(10) ** int(suffix[1:])
    )
