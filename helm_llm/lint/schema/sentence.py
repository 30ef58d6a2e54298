"""A violation as a sentence: what the value is, and what the schema expects instead."""

from __future__ import annotations

import json
from collections.abc import Mapping

from helm_llm.document.go_format import go_format
from helm_llm.keypath import KeyPath, dotted
from helm_llm.lint.grammar import join_words
from helm_llm.lint.schema.expectation import expected, plain
from helm_llm.lint.schema.validation import Violation
from helm_llm.lint.secrets import holds_secret
from helm_llm.masking import mask


def sentence(violation: Violation) -> str:
    """What is wrong, without what to do about it."""
    path = _name(violation.path)
    if violation.is_always_refused:
        return f"{path} must not be set"
    match violation.keyword:
        case "required":
            return f"{path} is missing"
        case "dependencies" | "dependentRequired":
            return f"{path} is missing, but {_dependent_key(violation)} requires it"
        case "propertyNames":
            return (
                f"{_name(violation.path[:-1])} must not have the key {violation.value}"
            )
        case "uniqueItems":
            return f"{path} has a duplicate item"
        case "anyOf" | "oneOf" if keys := _keys_to_choose(violation):
            number = "at least"
            if violation.keyword == "oneOf":
                number = "exactly"
            return f"{path} needs {number} one of {join_words(keys)}"
        case "not" if keys := _exclusive_keys(violation):
            return f"{path} accepts only one of {join_words(keys)}"
    return f"{path} is {_value(violation)}, expected {expected(violation)}"


def _name(path: KeyPath) -> str:
    return dotted(path) or "the top level"


def _dependent_key(violation: Violation) -> str:
    """The key that makes the missing one necessary."""
    dependencies = violation.schema.get(violation.keyword, {})
    missing = violation.path[-1]
    value = violation.value
    for key, required in dependencies.items():
        # Before draft 2019-09, `dependencies` may also contain schemas.
        if not isinstance(required, list) or missing not in required:
            continue
        if isinstance(value, Mapping) and key in value:
            return str(key)
    return "another key"


def _keys_to_choose(violation: Violation) -> list[str]:
    """The keys between which the branches choose, if that is all they do."""
    keys: list[str] = []
    for branch in violation.schema.get(violation.keyword, ()):
        if not isinstance(branch, Mapping) or set(branch) != {"required"}:
            return []
        keys += branch["required"]
    return keys


def _exclusive_keys(violation: Violation) -> list[str]:
    """The keys of `not: {required: [...]}`, which must not be set together."""
    refused = violation.schema.get("not")
    if not isinstance(refused, Mapping):
        return []
    return list(refused.get("required", ()))


def _value(violation: Violation) -> str:
    """The value, unless its path says that it is a secret."""
    is_scalar = isinstance(violation.value, (str, int, float))
    if is_scalar and holds_secret(violation.path):
        return "set"
    return describe(violation.value)


def describe(value: object) -> str:
    """`number 8000`, `string "two"` or `a map`; secrets in a string are masked."""
    match value:
        case None:
            return "null"
        case bool():
            return f"boolean {go_format(value)}"
        case str():
            return f"string {_shortened(mask(value[:_MASKED]))}"
        case int() | float():
            return f"number {plain(value)}"
        case Mapping():
            return "a map"
    return "a list"


_MASKED, _SHOWN = 1000, 60
"""Masking reads this many characters of a string, to show this many."""


def _shortened(text: str) -> str:
    if len(text) > _SHOWN:
        text = f"{text[: _SHOWN - 3]}..."
    return json.dumps(text, ensure_ascii=False)
