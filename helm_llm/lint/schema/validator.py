"""values.schema.json -> a compiled validator that agrees with Helm's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NoReturn, Protocol

import jsonschema_rs

from helm_llm.errors import ChartError
from helm_llm.values.chart import Chart

Schema = Mapping[str, Any]


def type_names(schema: Schema) -> Sequence[str]:
    """The types that a schema names: none, one or several."""
    given: str | Sequence[str] = schema.get("type", ())
    if isinstance(given, str):
        return [given]
    return given


class Error(Protocol):
    """The parts of the library's error that are used here."""

    instance: Any
    instance_path: list[str | int]
    schema_path: list[str | int]
    kind: Any
    """An object of a class for each keyword, with what the keyword refuses."""


class Validator(Protocol):
    """A compiled schema."""

    def is_valid(self, instance: object) -> bool:
        """Whether the schema accepts the instance."""

    def iter_errors(self, instance: object) -> Iterator[Error]:
        """The library's errors."""


def validator_of(chart: Chart) -> Validator:
    """The chart's validator; ChartError if Helm could not use the schema, or would fetch a part."""
    text = "{}"
    if chart.schema and chart.schema_text:
        text = chart.schema_text
    try:
        return _compile(text)
    except Unusable as error:
        raise ChartError(f"{chart.path}: values.schema.json {error}") from error


class Unusable(Exception):
    """The reason why a schema cannot be compiled; follows the schema's name in a message."""


@lru_cache(maxsize=64)
def _compile(text: str) -> Validator:
    return build_validator(json.loads(text))


def fits(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern of a schema.

    Takes time that grows with the text alone. Unusable patterns match everything.
    """
    try:
        return _matcher(pattern).is_valid(text)
    except Unusable:
        return True


@lru_cache(maxsize=1024)
def _matcher(pattern: str) -> Validator:
    return build_validator({"pattern": pattern})


def build_validator(schema: Schema) -> Validator:
    """Compile a schema as Helm would; Unusable says what is wrong with it."""
    refused: list[str] = []

    def refuse(uri: str) -> NoReturn:
        refused.append(uri)
        raise LookupError(uri)

    plain = {key: value for key, value in schema.items() if key != "$schema"}
    # This engine of regular expressions takes linear time and, like Go's, no look-around.
    options = jsonschema_rs.RegexOptions()
    try:
        validator: Validator = _draft(schema)(
            plain, pattern_options=options, retriever=refuse
        )
        return validator
    except ValueError as error:
        raise Unusable(_reason(error, refused)) from error


def _draft(schema: Schema) -> Any:
    uri = str(schema.get("$schema", "https://json-schema.org/schema"))
    name = uri.rstrip("#").split("://")[-1]
    if name not in _DRAFTS:
        raise Unusable(f"names a draft that Helm does not support: {uri}")
    return _DRAFTS[name]


_DRAFTS: Mapping[str, Any] = {
    "json-schema.org/draft-04/schema": jsonschema_rs.Draft4Validator,
    "json-schema.org/draft-06/schema": jsonschema_rs.Draft6Validator,
    "json-schema.org/draft-07/schema": jsonschema_rs.Draft7Validator,
    "json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909Validator,
    "json-schema.org/draft/2020-12/schema": jsonschema_rs.Draft202012Validator,
    "json-schema.org/schema": jsonschema_rs.Draft202012Validator,
}
"""As in Helm, formats are asserted up to draft-07."""


def _reason(error: Exception, refused: Sequence[str]) -> str:
    if refused:
        reference = refused[0].removeprefix("json-schema:///")
        return f"refers to {reference}, which is not fetched: copy it into the file, or `--ignore schema,unknown-key`"
    if not isinstance(error, jsonschema_rs.ValidationError):
        return f"cannot be used: {error}"
    place = ".".join(map(str, error.instance_path))
    if type(error.kind).__name__.endswith("Format"):
        pattern = _patterns_in(error.instance)
        return f"has a pattern at {place} that Helm cannot use: {pattern} (no look-around, no back-references)"
    if place:
        return f"is not a valid schema at {place}: {error.message}"
    return f"is not a valid schema: {error.message}"


def _patterns_in(instance: Any) -> str:
    """The value of `pattern`, or all keys of `patternProperties`: the error names no single one."""
    if isinstance(instance, str):
        return instance
    return ", ".join(instance)
