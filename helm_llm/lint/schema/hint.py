"""What to write instead of a value that the schema refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from helm_llm.lint.schema.expectation import plain
from helm_llm.lint.schema.validation import Violation
from helm_llm.lint.schema.validator import fits, type_names
from helm_llm.lint.secrets import holds_secret
from helm_llm.lint.suggest import near


def hint(violation: Violation) -> str:
    """`write 16G or 16Gi`, or nothing if no value suggests itself."""
    if holds_secret(violation.path):
        return _hint_without_value(violation)
    for candidate in (violation, *violation.alternatives):
        for make in _HINTS:
            if found := make(candidate):
                return found
    return ""


def _hint_without_value(violation: Violation) -> str:
    if _needs_quotes(violation):
        return "quote it"
    return _null(violation)


def is_unquoted_text(violation: Violation) -> bool:
    """Whether quotes are all that a scalar lacks: the schema takes text alone, and would take this one."""
    if violation.schema.get("type") != "string":
        return False
    return _needs_quotes(violation) and _fits_quoted(violation)


def _needs_quotes(violation: Violation) -> bool:
    """Whether the value is a number or boolean in the place of a text."""
    if violation.keyword != "type" or "string" not in type_names(violation.schema):
        return False
    return isinstance(violation.value, (int, float))


def _fits_quoted(violation: Violation) -> bool:
    pattern = violation.schema.get("pattern", "")
    text = plain(violation.value)
    return fits(pattern, text)


def _bytes(violation: Violation) -> str:
    value = violation.value
    pattern = violation.schema.get("pattern")
    if pattern is None or not _takes_quantities(pattern):
        return ""
    if isinstance(value, str):
        return _without_b(value.strip())
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    number = plain(value)
    if value >= _BYTES:
        return f'quote it: "{number}"'
    return f"{number} would be bytes, write {number}Gi"


def _takes_quantities(pattern: str) -> bool:
    """Whether the pattern takes the units of Kubernetes, and them alone."""
    return fits(pattern, "1G") and fits(pattern, "1Gi") and not fits(pattern, "1GB")


def _without_b(text: str) -> str:
    """`100GB` with a unit that Kubernetes knows."""
    match = _SIZE.fullmatch(text)
    if match is None:
        return ""
    number = match["number"]
    unit = match["unit"].upper()
    # the decimal kilo is a small k
    decimal = unit
    if unit == "K":
        decimal = "k"
    return f"write {number}{decimal} or {number}{unit}i"


_BYTES = 1_000_000
"""A number from here on may well be meant in bytes."""
_SIZE = re.compile(
    r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>[kmgtpe])(i?b?|b|i)", re.IGNORECASE
)


def _fraction(violation: Violation) -> str:
    """The share of 1 that a percentage is."""
    value = violation.value
    if violation.schema.get("maximum") != 1 or isinstance(value, bool):
        return ""
    text = str(value)
    if not _NUMBER.fullmatch(text):
        return ""
    percentage = float(text)
    if not 10 <= percentage <= 100:
        return ""
    fraction = plain(percentage / 100)
    return f"write {fraction}, not {text}"


def _null(violation: Violation) -> str:
    if violation.keyword == "type" and violation.value is None:
        return "leave the key out"
    return ""


def _quote(violation: Violation) -> str:
    if _needs_quotes(violation) and _fits_quoted(violation):
        return f'quote it: "{plain(violation.value)}"'
    return ""


def _unquote(violation: Violation) -> str:
    value = violation.value
    if violation.keyword != "type" or not isinstance(value, str):
        return ""
    types = type_names(violation.schema)
    if "integer" in types and _INTEGER.fullmatch(value):
        return f"write {value} without quotes"
    if "number" in types and _NUMBER.fullmatch(value):
        return f"write {value} without quotes"
    boolean = _BOOLEANS.get(value.lower())
    if boolean and "boolean" in types:
        return f"write {boolean} without quotes"
    return ""


_INTEGER, _NUMBER = re.compile(r"-?\d+"), re.compile(r"-?\d+(\.\d+)?")
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1"), "true"),
    **dict.fromkeys(("false", "no", "off", "0"), "false"),
}


def _option(violation: Violation) -> str:
    value = violation.value
    if violation.keyword != "enum" or not isinstance(value, str):
        return ""
    enum = violation.schema.get("enum", ())
    # An empty text in an `enum` allows a value that is not set.
    options = [option for option in enum if isinstance(option, str) and option]
    meant = near(value, options) or _expanded(value, options)
    if not meant:
        return ""
    return f"write {meant}"


def _expanded(text: str, options: Sequence[str]) -> str | None:
    """`RWX` -> `ReadWriteMany`, `warn` -> `warning`."""
    # Kubernetes abbreviates `Many` to X: RWX, ROX.
    wanted = text.upper().replace("X", "M")
    for option in options:
        initials = "".join(filter(str.isupper, option))
        if initials == wanted:
            return option
    for option in options:
        if text and option.startswith(text):
            return option
    return None


def _map(violation: Violation) -> str:
    """The map with the one required key, where its value was given alone."""
    required = violation.schema.get("required", ())
    if violation.keyword != "type" or len(required) != 1:
        return ""
    value = violation.value
    if not isinstance(value, str):
        return ""
    key = required[0]
    return f"write {{{key}: {value}}}"


_HINTS: tuple[Callable[[Violation], str], ...] = (
    _bytes,
    _fraction,
    _null,
    _quote,
    _unquote,
    _option,
    _map,
)
