"""Merged values against values.schema.json -> violations, as Helm's own validator would find them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from helm_llm.errors import UsageError
from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.lint.chart_scope import Scope, scopes
from helm_llm.lint.rule import MAX_FINDINGS
from helm_llm.lint.schema.errors import errors
from helm_llm.lint.schema.subschema import follow_reference
from helm_llm.lint.schema.validator import (
    Schema,
    Unusable,
    Validator,
    build_validator,
    validator_of,
)
from helm_llm.values.layers import Values


@dataclass(frozen=True, slots=True)
class Violation:
    """A value that the schema refuses: the keyword that refuses it and the schema around that keyword.

    `alternatives` holds one violation per branch when the branches of an `anyOf` are equally near.
    """

    path: KeyPath
    keyword: str
    value: object
    schema: Schema
    alternatives: tuple[Violation, ...] = ()

    @property
    def is_always_refused(self) -> bool:
        """Whether the schema accepts no value at all here."""
        if self.alternatives:
            return all(branch.is_always_refused for branch in self.alternatives)
        if self.keyword == "not":
            return self.schema.get("not") in (True, {})
        if self.keyword == "enum":
            return not self.schema.get("enum")
        return self.keyword == FORBIDDEN


@dataclass(frozen=True, slots=True)
class Validation:
    """The subject of the rules on schemas: the merged values, validated once."""

    refused: tuple[tuple[Scope, Violation], ...]
    """The violations and the chart whose schema each violates."""
    is_cut: bool = False
    """There are more of them."""


def validate(values: Values) -> Validation:
    """Validate the chart's values and those of its subcharts; ChartError when a schema itself is broken."""
    find_violations = (
        (scope, violation)
        for scope in scopes(values)
        for violation in violations(scope)
    )
    found = tuple(islice(find_violations, MAX_FINDINGS + 1))
    return Validation(found[:MAX_FINDINGS], is_cut=len(found) > MAX_FINDINGS)


UNKNOWN_KEY = frozenset({"additionalProperties", "unevaluatedProperties"})
"""The keywords that refuse a key, not a value."""


def violations(scope: Scope) -> tuple[Violation, ...]:
    """What the chart's schema refuses, one violation per path; ChartError when the schema itself is broken."""
    if not scope.chart.schema_text or scope.tree is MISSING:
        return ()
    found = find_violations(scope.schema, validator_of(scope.chart), scope.tree)
    return tuple(replace(one, path=(*scope.base, *one.path)) for one in found)


def find_violations(
    schema: Schema, validator: Validator, tree: Any
) -> tuple[Violation, ...]:
    """What a schema refuses in a tree, one violation per path; UsageError for a tree that cannot be validated."""
    try:
        if validator.is_valid(tree):
            return ()
    except ValueError as error:  # options and import-values may nest deeper than a file
        raise UsageError(f"the merged values cannot be validated: {error}") from None
    found: dict[KeyPath, Violation] = {}
    for violation in _explained(schema, validator, tree):
        if len(found) > MAX_FINDINGS:
            break
        known = found.setdefault(violation.path, violation)
        if _rank(violation) < _rank(known):
            found[violation.path] = violation
    return tuple(found.values())


def _rank(violation: Violation) -> int:
    return (
        _TELLING.index(violation.keyword)
        if violation.keyword in _TELLING
        else len(_TELLING)
    )


_TELLING = ("type", "enum", "const", "pattern")
"""Which of several keywords that refuse one value says most."""


def _explained(
    root: Schema, validator: Validator, instance: Any
) -> Iterator[Violation]:
    for path, error in errors(validator, instance):
        keyword = _keyword(error)
        around = _around(root, error.schema_path)
        if type(error.kind).__name__.endswith("FalseSchema"):
            yield from _forbidden(
                path, list(error.schema_path), error.instance, instance
            )
        elif keyword in ("anyOf", "oneOf"):
            yield from _nearest_branch(
                root, Violation(path, keyword, error.instance, around)
            )
        elif keyword == "propertyNames":
            yield Violation(
                (*path, error.kind.error.instance),
                keyword,
                error.kind.error.instance,
                around,
            )
        else:
            keys = _KEYS.get(keyword, lambda _: ())(error.kind)[: MAX_FINDINGS + 1]
            wrong = [
                Violation((*path, key), keyword, error.instance, around) for key in keys
            ]
            yield from wrong or [Violation(path, keyword, error.instance, around)]


FORBIDDEN = "false"
"""The keyword of what a schema takes in no form."""


def _forbidden(
    path: KeyPath, place: Sequence[str | int], value: Any, instance: Any
) -> Iterator[Violation]:
    """The violations of a schema that is `false`: of each key where it is for all keys, of one key, else of a value."""
    whole_map = lookup(instance, path)
    if (
        place
        and place[-1] in ("additionalProperties", "propertyNames")
        and isinstance(whole_map, Mapping)
    ):
        yield from (
            Violation((*path, key), "additionalProperties", inner, {})
            for key, inner in whole_map.items()
        )
    elif path and len(place) > 1 and place[-2] in ("properties", "patternProperties"):
        yield Violation(path, "additionalProperties", value, {})
    else:
        yield Violation(path, FORBIDDEN, value, {})


_KEYS: Mapping[str, Callable[[Any], Sequence[str]]] = {
    "additionalProperties": lambda kind: kind.unexpected,
    "unevaluatedProperties": lambda kind: kind.unexpected,
    "required": lambda kind: (kind.property,),
    "dependencies": lambda kind: (kind.property,),
    "dependentRequired": lambda kind: (kind.property,),
}
"""Errors of a map that are about one key of it."""


def _keyword(error: Any) -> str:
    words = [word for word in error.schema_path if isinstance(word, str)]
    return (
        "propertyNames"
        if "PropertyNames" in type(error.kind).__name__
        else words[-1]
        if words
        else ""
    )


def _around(root: Schema, path: Sequence[str | int]) -> Schema:
    """The schema that holds the keyword at the end of a path; the path may lead through references."""
    here: Any = root
    for key in path[:-1]:
        here = lookup(here, (key,))
        here = (
            follow_reference(root, here)
            if key == "$ref" and isinstance(here, str)
            else here
        )
    return here if isinstance(here, Mapping) else {}


def _nearest_branch(root: Schema, find_violations: Violation) -> Iterator[Violation]:
    """The violations of the branch that was probably meant: of the value's type, deepest first."""
    given = find_violations.schema.get(find_violations.keyword, ())
    if len(given) > _MANY_BRANCHES:
        yield find_violations
        return
    try:
        branches = [
            tuple(_explained(*_branch(root, one), find_violations.value))
            for one in given
        ]
    except Unusable:  # a branch that refers to places outside the definitions
        yield find_violations
        return
    meant = [
        branch
        for branch in branches
        if branch and not any(_other_type(one) for one in branch)
    ]
    if not all(branches) or not meant:
        yield replace(
            find_violations,
            alternatives=tuple(one for branch in branches for one in branch[:1]),
        )
        return
    depth = max(len(one.path) for branch in meant for one in branch)
    nearest = [
        branch for branch in meant if any(len(one.path) == depth for one in branch)
    ]
    if len(nearest) == 1:
        yield from (
            replace(one, path=(*find_violations.path, *one.path)) for one in nearest[0]
        )
    else:
        yield replace(
            find_violations,
            alternatives=tuple(one for branch in nearest for one in branch[:1]),
        )


_MANY_BRANCHES = 50
"""Each branch is compiled anew, and no one means one of so many."""


def _branch(root: Schema, schema: Any) -> tuple[Schema, Validator]:
    """A branch as a schema of its own, with what it may refer to."""
    shared = {
        key: root[key]
        for key in ("$schema", "$id", "$defs", "definitions")
        if key in root
    }
    alone = {**shared, "allOf": [schema]}
    return alone, build_validator(alone)


def _other_type(violation: Violation) -> bool:
    if violation.path:
        return False
    if violation.keyword in ("enum", "const"):
        options = violation.schema.get("enum", [violation.schema.get("const")])
        return all(type(option) is not type(violation.value) for option in options)
    return violation.keyword == "type"
