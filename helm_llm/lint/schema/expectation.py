"""What a schema expects in place of a value that it refuses, in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from helm_llm.lint.grammar import join_words
from helm_llm.lint.schema.validation import Violation
from helm_llm.lint.schema.validator import Schema, fits, type_names

EXPECTED = "x-expected"
"""The annotation next to a `pattern` that describes it. Validators ignore it."""


def expected(violation: Violation) -> str:
    """The words that follow "expected"."""
    keyword = violation.keyword
    schema = violation.schema
    if violation.alternatives:
        return _one_of_the_alternatives(violation)
    # A number that quotes alone would not make valid: name the pattern, not the type.
    if keyword == "type" and not _fits_in_quotes(violation):
        return _pattern(schema)
    if keyword in _WORDS and keyword in schema:
        return _WORDS[keyword](schema)
    return f"what `{keyword}` of the schema allows"


def _one_of_the_alternatives(violation: Violation) -> str:
    types: set[str] = set()
    others = []
    for alternative in violation.alternatives:
        if alternative.keyword == "type":
            types.update(type_names(alternative.schema))
        elif not alternative.is_always_refused:
            others.append(expected(alternative))
    return _either([*_type_words(types), *others])


def _fits_in_quotes(violation: Violation) -> bool:
    """Whether a number or boolean matches the pattern as text; true of all other values."""
    if not isinstance(violation.value, (int, float)):
        return True
    pattern = violation.schema.get("pattern", "")
    text = plain(violation.value)
    return fits(pattern, text)


def plain(value: object) -> str:
    """A value as a user would write it: whole numbers without point and exponent."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


_TYPES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "null",
}


def _type_words(types: Iterable[str]) -> list[str]:
    given = set(types)
    # Each integer is a number, too.
    if "number" in given:
        given.discard("integer")
    return [words for name, words in _TYPES.items() if name in given]


def _type(schema: Schema) -> str:
    return _either(_type_words(type_names(schema)))


def _either(alternatives: Sequence[str]) -> str:
    unique = list(dict.fromkeys(alternatives))
    if any(" or " in words for words in unique):
        return join_words(unique, ", or ")
    return join_words(unique, " or ")


def _enum(schema: Schema) -> str:
    options: dict[str, str] = {}
    for option in map(_option, schema["enum"]):
        # Schemas that accept `uri` and `URI` name both.
        options.setdefault(option.casefold(), option)
    return _either(list(options.values()))


def _option(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    return plain(value)


def _range(schema: Schema) -> str:
    if "minimum" in schema and "maximum" in schema:
        low = plain(schema["minimum"])
        high = plain(schema["maximum"])
        return f"{low} to {high}"
    limits = [
        *_limit(schema, minimum="{} or more", exclusiveMinimum="more than {}"),
        *_limit(schema, maximum="at most {}", exclusiveMaximum="less than {}"),
    ]
    return " and ".join(limits)


def _limit(schema: Schema, **forms: str) -> list[str]:
    """The words for the first of these keywords; draft 4 qualifies it with the second."""
    for keyword, form in forms.items():
        if keyword in schema:
            limit = plain(schema[keyword])
            return [form.format(limit)]
    return []


def _minimum_length(schema: Schema) -> str:
    if schema["minLength"] == 1:
        return "some text"
    return f"at least {_number(schema['minLength'], 'character')}"


def _number(count: int, noun: str) -> str:
    if count == 1:
        return f"{count} {noun}"
    return f"{count} {noun}s"


def _contains(schema: Schema) -> str:
    low = schema.get("minContains", 1)
    high = schema.get("maxContains")
    if high is not None:
        return f"{low} to {high} items that match `contains` of the schema"
    verb = "match"
    if low == 1:
        verb = "matches"
    return f"at least {_number(low, 'item')} that {verb} `contains` of the schema"


def _pattern(schema: Schema) -> str:
    pattern = schema["pattern"]
    words = schema.get(EXPECTED)
    if isinstance(words, str):
        return words
    matching = f"text that matches {pattern}"
    if not fits(pattern, ""):
        return matching
    return f"{matching}, or an empty string"


def _not(schema: Schema) -> str:
    refused = schema["not"]
    if not isinstance(refused, Mapping):
        return "something else"
    if refused.get("enum"):
        options = list(map(_option, refused["enum"]))
        return f"anything but {join_words(options)}"
    if "pattern" in refused:
        return f"anything but {_pattern(refused)}"
    return "something else"


_WORDS: Mapping[str, Callable[[Schema], str]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda schema: _option(schema["const"]),
    "minimum": _range,
    "maximum": _range,
    "exclusiveMinimum": _range,
    "exclusiveMaximum": _range,
    "multipleOf": lambda schema: f"a multiple of {plain(schema['multipleOf'])}",
    "minLength": _minimum_length,
    "maxLength": lambda schema: f"at most {_number(schema['maxLength'], 'character')}",
    "minItems": lambda schema: f"at least {_number(schema['minItems'], 'item')}",
    "maxItems": lambda schema: f"at most {_number(schema['maxItems'], 'item')}",
    "minProperties": lambda schema: (
        f"at least {_number(schema['minProperties'], 'key')}"
    ),
    "maxProperties": lambda schema: (
        f"at most {_number(schema['maxProperties'], 'key')}"
    ),
    "contains": _contains,
    "minContains": _contains,
    "maxContains": _contains,
    "additionalItems": lambda _: "a list without further items",
    "unevaluatedItems": lambda _: "a list without further items",
    "pattern": _pattern,
    "format": lambda schema: f"a valid {schema['format']}",
    "not": _not,
}
