"""Kubernetes quantities."""

from __future__ import annotations

import re
from fractions import Fraction

_NUMBER = r"[+-]?(?:\d{1,30}\.?\d{0,30}|\.\d{1,30})"
_SUFFIX = r"[numkMGTPE]?|[KMGTPE]i|[eE][+-]?\d{1,2}"
_QUANTITY = re.compile(rf"({_NUMBER})({_SUFFIX})", re.ASCII)

_SCALES = {
    "": Fraction(1),
    "n": Fraction(1, 1000**3),
    "u": Fraction(1, 1000**2),
    "m": Fraction(1, 1000),
    "k": Fraction(1000),
    "M": Fraction(1000**2),
    "G": Fraction(1000**3),
    "T": Fraction(1000**4),
    "P": Fraction(1000**5),
    "E": Fraction(1000**6),
    "Ki": Fraction(1024),
    "Mi": Fraction(1024**2),
    "Gi": Fraction(1024**3),
    "Ti": Fraction(1024**4),
    "Pi": Fraction(1024**5),
    "Ei": Fraction(1024**6),
}


def quantity(value: object) -> Fraction | int | None:
    """`2`, `"2"`, `"2.0"`, `500m`, `24Gi` as a number; None if it is not a quantity."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    # Most quantities are plain numbers: do not create fractions for them.
    if isinstance(value, int):
        return value
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        return None
    number, suffix = Fraction(match[1]), match[2]
    if suffix in _SCALES:
        return number * _SCALES[suffix]
    # An exponent: 1e3. A mere `E` is exa.
    return number * Fraction(10) ** int(suffix[1:])
