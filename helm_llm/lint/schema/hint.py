"""What to write instead of a value that the schema refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from helm_llm.lint.schema.expectation import plain
from helm_llm.lint.schema.validation import Violation
from helm_llm.lint.schema.validator import fits
from helm_llm.lint.secrets import holds_secret
from helm_llm.lint.suggest import near


def hint(violation: Violation) -> str:
    """`write 16G or 16Gi`, or nothing when no value suggests itself."""
    if holds_secret(violation.path):
        return _null(violation) or ("quote it" if _lacks_quotes(violation) else "")
    candidates = (violation, *violation.alternatives)
    return next(
        (found for one in candidates for make in _HINTS if (found := make(one))), ""
    )


def is_unquoted_text(violation: Violation) -> bool:
    """Whether quotes are all that a scalar lacks: the schema takes text alone, and would take this one."""
    scalar = isinstance(violation.value, (bool, int, float))
    fitting = (
        fits(violation.schema.get("pattern", ""), plain(violation.value))
        if scalar
        else False
    )
    return (
        violation.keyword == "type"
        and violation.schema.get("type") == "string"
        and fitting
    )


def _bytes(violation: Violation) -> str:
    value = violation.value
    if "[KMGTPE]i" not in violation.schema.get("pattern", "") or isinstance(
        value, bool
    ):
        return ""
    if isinstance(value, (int, float)):
        return (
            f"{plain(value)} would be bytes, write {plain(value)}Gi"
            if value < _MANY
            else f'quote it: "{plain(value)}"'
        )
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not match:
        return ""
    number, unit = match["number"], match["unit"].upper()
    return f"write {number}{unit.replace('K', 'k')} or {number}{unit}i"


_MANY = 1_000_000
_SIZE = re.compile(
    r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>[kmgtpe])(i?b?|b|i)", re.IGNORECASE
)


def _null(violation: Violation) -> str:
    return (
        "leave the key out"
        if violation.keyword == "type" and violation.value is None
        else ""
    )


def _quote(violation: Violation) -> str:
    value = violation.value
    if not fits(violation.schema.get("pattern", ""), plain(value)):
        return ""
    return f'quote it: "{plain(value)}"' if _lacks_quotes(violation) else ""


def _lacks_quotes(violation: Violation) -> bool:
    scalar = isinstance(violation.value, (int, float))
    return scalar and violation.keyword == "type" and "string" in _types(violation)


def _unquote(violation: Violation) -> str:
    value, types = violation.value, _types(violation)
    if violation.keyword != "type" or not isinstance(value, str):
        return ""
    number = {"integer": _INTEGER, "number": _NUMBER}
    if any(name in types and form.fullmatch(value) for name, form in number.items()):
        return f"write {value} without quotes"
    if "boolean" in types and value.lower() in _BOOLEANS:
        return f"write {_BOOLEANS[value.lower()]} without quotes"
    return ""


_INTEGER, _NUMBER = re.compile(r"-?\d+"), re.compile(r"-?\d+(\.\d+)?")
_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "1"), "true"),
    **dict.fromkeys(("false", "no", "off", "0"), "false"),
}


def _option(violation: Violation) -> str:
    options = [
        option
        for option in violation.schema.get("enum", ())
        if isinstance(option, str) and option
    ]
    if violation.keyword != "enum" or not isinstance(violation.value, str):
        return ""
    meant = near(violation.value, options) or _short_for(violation.value, options)
    return f"write {meant}" if meant else ""


def _short_for(text: str, options: Sequence[str]) -> str | None:
    """`RWX` -> `ReadWriteMany`, `warn` -> `warning`."""
    initials = {"".join(filter(str.isupper, option)): option for option in options}
    begun = [option for option in options if text and option.startswith(text)]
    return initials.get(text.upper().replace("X", "M")) or (begun[0] if begun else None)


def _fraction(violation: Violation) -> str:
    """A percentage where a share of 1 is expected."""
    schema, value = violation.schema, violation.value
    if (
        schema.get("maximum") != 1
        or isinstance(value, bool)
        or not _NUMBER.fullmatch(str(value))
    ):
        return ""
    return (
        f"write {plain(float(value) / 100)}, not {value}"
        if 10 <= float(value) <= 100
        else ""
    )


def _map(violation: Violation) -> str:
    required = violation.schema.get("required", ())
    if (
        violation.keyword != "type"
        or not isinstance(violation.value, str)
        or len(required) != 1
    ):
        return ""
    return f"write {{{required[0]}: {violation.value}}}"


def _types(violation: Violation) -> Any:
    given = violation.schema.get("type", ())
    return [given] if isinstance(given, str) else given


_HINTS: tuple[Callable[[Violation], str], ...] = (
    _bytes,
    _fraction,
    _null,
    _quote,
    _unquote,
    _option,
    _map,
)
