"""A violation in words: what the value is, what the schema expects, and what was probably meant."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from helm_llm.document.go_print import printed
from helm_llm.keypath import dotted
from helm_llm.lint.plural import listed
from helm_llm.lint.schema.validation import FORBIDDEN, Violation
from helm_llm.lint.schema.validator import Schema, fits
from helm_llm.lint.secrets import holds_secret
from helm_llm.masking import masked

_TYPES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "null",
}


def sentence(violation: Violation) -> str:
    """What is wrong, without what to do about it."""
    path = dotted(violation.path) or _ROOT
    if _takes_nothing(violation):
        return f"{path} must not be set"
    if violation.keyword == "required":
        return f"{path} is missing"
    if violation.keyword in ("dependencies", "dependentRequired"):
        return f"{path} is missing, {_needing(violation)} needs it"
    if violation.keyword == "propertyNames":
        return f"{dotted(violation.path[:-1]) or _ROOT} must not have a key {violation.value}"
    if violation.keyword == "uniqueItems":
        return f"{path} has an item twice"
    if keys := _chosen_keys(violation):
        return f"{path} needs {'exactly' if violation.keyword == 'oneOf' else 'at least'} one of {listed(keys)}"
    if keys := _keys_not_together(violation):
        return f"{path} takes only one of {listed(keys)}"
    secret = holds_secret(violation.path) and isinstance(
        violation.value, (str, int, float)
    )
    value = "set" if secret else described(violation.value)
    return f"{path} is {value}, expected {expected(violation)}"


_ROOT = "the top level"


def _takes_nothing(violation: Violation) -> bool:
    """Whether the schema has no form in which the value would do."""
    keyword, schema = violation.keyword, violation.schema
    if violation.alternatives:
        return all(map(_takes_nothing, violation.alternatives))
    if keyword == "not":
        return schema.get("not") in (True, {})
    return keyword == FORBIDDEN or (keyword == "enum" and not schema.get("enum"))


def _keys_not_together(violation: Violation) -> list[str]:
    """The keys of a `not: {required: [...]}`: one alone may be there."""
    refused = violation.schema.get("not")
    if violation.keyword != "not" or not isinstance(refused, Mapping):
        return []
    return list(refused.get("required", ()))


def _needing(violation: Violation) -> str:
    needs = violation.schema.get(violation.keyword, {})
    for key, needed in needs.items():
        if (
            key in violation.value
            and isinstance(needed, list)
            and violation.path[-1] in needed
        ):
            return str(key)
    return "another key"


def described(value: Any) -> str:
    """`number 8000`, `string "two"`, `a map`; a secret is never shown."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else f"boolean {printed(value)}"
    if isinstance(value, str):
        return f"string {_short(masked(value[:_SHOWN]))}"
    if isinstance(value, (int, float)):
        return f"number {plain(value)}"
    return "a map" if isinstance(value, Mapping) else "a list"


_SHOWN = 1000
"""Characters that are looked at to show the first 60."""


def _short(text: str) -> str:
    return json.dumps(
        text if len(text) <= 60 else text[:57] + "...", ensure_ascii=False
    )


def plain(value: Any) -> str:
    """A value as a user would write it: whole numbers without point and exponent."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def expected(violation: Violation) -> str:
    """What the schema takes instead, as the object of "expected"."""
    if violation.alternatives:
        types = {
            name
            for one in violation.alternatives
            if one.keyword == "type"
            for name in _types(one.schema)
        }
        rest = [
            expected(one)
            for one in violation.alternatives
            if one.keyword != "type" and not _takes_nothing(one)
        ]
        return _either([*_type_words(types), *rest])
    if violation.keyword == "type" and not _quoted_fits(violation):
        return _pattern(violation.schema)
    words = (
        _WORDS.get(violation.keyword) if violation.keyword in violation.schema else None
    )
    return (
        words(violation.schema)
        if words
        else f"what `{violation.keyword}` of the schema allows"
    )


def _types(schema: Schema) -> list[str]:
    given = schema.get("type", [])
    return [given] if isinstance(given, str) else list(given)


def _type_words(types: set[str]) -> list[str]:
    return [
        words
        for name, words in _TYPES.items()
        if name in types and not (name == "integer" and "number" in types)
    ]


def _chosen_keys(violation: Violation) -> list[str]:
    """The keys between which the branches choose, when that is all they do."""
    branches = (
        violation.schema.get(violation.keyword, ())
        if violation.keyword in ("anyOf", "oneOf")
        else ()
    )
    if not all(
        isinstance(branch, Mapping) and set(branch) == {"required"}
        for branch in branches
    ):
        return []
    return [key for branch in branches for key in branch["required"]]


def _either(words: list[str]) -> str:
    unique = list(dict.fromkeys(words))
    comma = "," if any(" or " in word for word in unique) else ""
    return listed(unique, f"{comma} or ")


def _once_in_any_case(words: list[str]) -> list[str]:
    return list({word.casefold(): word for word in reversed(words)}.values())[::-1]


def _word(option: Any) -> str:
    return option if isinstance(option, str) and option else plain(option)


def _quoted_fits(violation: Violation) -> bool:
    """Whether a number or boolean would do as text; true of all else."""
    scalar = isinstance(violation.value, (int, float))
    return not scalar or fits(
        violation.schema.get("pattern", ""), plain(violation.value)
    )


def _range(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, under = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f"{plain(low)} to {plain(high)}"
    lower = (
        f"{plain(low)} or more"
        if low is not None
        else f"more than {plain(above)}"
        if above is not None
        else ""
    )
    upper = (
        f"at most {plain(high)}"
        if high is not None
        else f"less than {plain(under)}"
        if under is not None
        else ""
    )
    return " and ".join(filter(None, (lower, upper)))


def _length(schema: Schema) -> str:
    low, high = schema.get("minLength"), schema.get("maxLength")
    if high is not None:
        return f"at most {high} characters"
    return "some text" if low == 1 else f"at least {low} characters"


def _items(schema: Schema) -> str:
    low, high = schema.get("minItems"), schema.get("maxItems")
    return (
        f"at most {high} items"
        if high is not None
        else f"at least {low} item{'s' if low != 1 else ''}"
    )


def _properties(schema: Schema) -> str:
    low, high = schema.get("minProperties"), schema.get("maxProperties")
    return (
        f"at most {high} keys"
        if high is not None
        else f"at least {low} key{'s' if low != 1 else ''}"
    )


def _contained(schema: Schema) -> str:
    low, high = schema.get("minContains", 1), schema.get("maxContains")
    number = f"at least {low}" if high is None else f"{low} to {high}"
    return f"{number} items that fit `contains` of the schema"


def _pattern(schema: Schema) -> str:
    pattern = schema["pattern"]
    words = next(
        (words for mark, words in _FORMS if mark in pattern), f"a match of {pattern}"
    )
    return f"{words}, or nothing" if fits(pattern, "") else words


_FORMS = (
    ("sha256:", "a digest: sha256: and 64 hexadecimal digits"),
    ("[KMGTPE]i", "a quantity such as 16Gi"),
    ("m?)?$", "a CPU quantity such as 500m or 2"),
    (
        "*/)?[A-Za-z0-9]",
        "a repository of the Hub such as org/name or org/name@revision",
    ),
    ("[0-9A-Za-z.+!-]", "a version such as 2.4.0"),
    ("[kmgt]", "a number of tokens such as 32768, 32K or auto"),
    ("https?://", "an address such as https://llm.example.org"),
    ("://", "a URI such as pvc://claim/directory or oci://image"),
    ("|3600)s", "a duration up to 1h such as 10m"),
    ("(ms|s|m|h)", "a duration such as 30m"),
    ("^v?[0-9]+(", "a version such as 1.34 or 1.34.2"),
    ("[A-Za-z0-9^~<>=*]", "a version such as 1.2.3, or a range such as ^1.2"),
    ("[A-Za-z0-9./_-]", "an API version such as apps/v1"),
    ("^[0-9]*$", "a whole number"),
    ("[a-z0-9]([-a-z0-9.]*", "lower-case letters, digits, hyphens and dots"),
    ("[a-z0-9]([-a-z0-9]*", "lower-case letters, digits and hyphens"),
    ("[a-z]([-a-z0-9]*", "lower-case letters, digits and hyphens, a letter first"),
    ("[a-z0-9-]*[a-z]", "a port name: lower-case letters, digits and hyphens"),
    ("(ms|[smhd", "a duration such as 30s"),
    ("%$", "a percentage such as 50%"),
    ("0?\\.", "a number above 0 and up to 1"),
    ("|100)$", "a whole number from 0 to 100"),
    ("^[0-9]+(\\.[0-9]+)?$", "a number, 0 or more"),
    ("[A-Za-z0-9_./-]", "a file name of letters, digits, dots, slashes, _ and -"),
    ("^/", "an absolute path"),
    ("^(/", "an absolute path"),
    ("^[^-]", "some text that does not begin with a hyphen"),
)
"""What a pattern stands for, told by a piece of it."""


def _not(schema: Schema) -> str:
    refused = schema["not"]
    if not isinstance(refused, Mapping):
        return "something else"
    if refused.get("enum"):
        return f"anything but {listed([_word(one) for one in refused['enum']])}"
    if "pattern" in refused:
        return f"anything but a match of {refused['pattern']}"
    return "something else"


_WORDS: Mapping[str, Callable[[Schema], str]] = {
    "type": lambda schema: _either(_type_words(set(_types(schema)))),
    "enum": lambda schema: _either(
        _once_in_any_case([_word(one) for one in schema["enum"]])
    ),
    "const": lambda schema: _word(schema["const"]),
    "minimum": _range,
    "maximum": _range,
    "exclusiveMinimum": _range,
    "exclusiveMaximum": _range,
    "minLength": _length,
    "maxLength": _length,
    "minItems": _items,
    "maxItems": _items,
    "minProperties": _properties,
    "maxProperties": _properties,
    "contains": _contained,
    "minContains": _contained,
    "maxContains": _contained,
    "additionalItems": lambda _: "a list without further items",
    "unevaluatedItems": lambda _: "a list without further items",
    "pattern": _pattern,
    "format": lambda schema: f"a valid {schema['format']}",
    "multipleOf": lambda schema: f"a multiple of {plain(schema['multipleOf'])}",
    "not": _not,
}
