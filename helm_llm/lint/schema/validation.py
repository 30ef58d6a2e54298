"""Merged values against values.schema.json -> violations, as Helm's own validator finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from helm_llm.errors import UsageError
from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.lint.chart_scope import Scope, scopes
from helm_llm.lint.rule import MAX_FINDINGS
from helm_llm.lint.schema.errors import find_errors
from helm_llm.lint.schema.subschema import follow_reference
from helm_llm.lint.schema.validator import (
    Error,
    Schema,
    Unusable,
    Validator,
    build_validator,
    validator_of,
)
from helm_llm.values.layers import Values

FORBIDDEN = "false"
"""The keyword for a schema that is `false`, which accepts nothing."""

UNKNOWN_KEY = frozenset({"additionalProperties", "unevaluatedProperties"})
"""The keywords that refuse a key, not a value."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A value that the schema refuses, the keyword that refuses it, and the schema around."""

    path: KeyPath
    keyword: str
    value: object
    schema: Schema
    alternatives: tuple[Violation, ...] = ()
    """One violation per branch of an `anyOf` or `oneOf`, if the branches are equally near."""

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
    """The violations, each with the chart whose schema it violates."""
    is_cut: bool = False
    """There are more violations than these."""


def validate(values: Values) -> Validation:
    """Validate the values of the chart and its subcharts; ChartError for a broken schema."""
    refused = (
        (scope, violation)
        for scope in scopes(values)
        for violation in violations(scope)
    )
    found = tuple(islice(refused, MAX_FINDINGS + 1))
    return Validation(found[:MAX_FINDINGS], is_cut=len(found) > MAX_FINDINGS)


def violations(scope: Scope) -> tuple[Violation, ...]:
    """What the chart's schema refuses, one violation per path; ChartError for a broken schema."""
    if not scope.chart.schema_text or scope.tree is MISSING:
        return ()
    validator = validator_of(scope.chart)
    found = []
    for violation in find_violations(scope.schema, validator, scope.tree):
        path = (*scope.base, *violation.path)
        found.append(replace(violation, path=path))
    return tuple(found)


def find_violations(
    schema: Schema, validator: Validator, tree: object
) -> tuple[Violation, ...]:
    """What a schema refuses in a tree, one violation per path.

    UsageError if the tree cannot be validated.
    """
    try:
        if validator.is_valid(tree):
            return ()
    except ValueError as error:
        # Options and import-values may nest deeper than any file.
        raise UsageError(f"the merged values cannot be validated: {error}") from None
    found: dict[KeyPath, Violation] = {}
    for violation in _violations(schema, validator, tree):
        if len(found) > MAX_FINDINGS:
            break
        path = violation.path
        known = found.setdefault(path, violation)
        if _rank(violation) < _rank(known):
            found[path] = violation
    return tuple(found.values())


_MOST_TELLING = ("type", "enum", "const", "pattern")
"""If several keywords refuse a value, the first of these says most about it."""


def _rank(violation: Violation) -> int:
    keyword = violation.keyword
    if keyword not in _MOST_TELLING:
        return len(_MOST_TELLING)
    return _MOST_TELLING.index(keyword)


def _violations(
    root: Schema, validator: Validator, instance: object
) -> Iterator[Violation]:
    for path, error in find_errors(validator, instance):
        keyword = _keyword(error)
        around = _schema_around(root, error.schema_path)
        violation = Violation(path, keyword, error.instance, around)
        if type(error.kind).__name__.endswith("FalseSchema"):
            yield from _of_false_schema(violation, error.schema_path, instance)
        elif keyword in ("anyOf", "oneOf"):
            yield from _of_branches(root, violation)
        elif keyword == "propertyNames":
            name = error.kind.error.instance
            yield replace(violation, path=(*path, name), value=name)
        elif keyword in _KEYS:
            keys_of = _KEYS[keyword]
            # One more than is reported shows that there are more.
            keys = keys_of(error)[: MAX_FINDINGS + 1]
            for key in keys:
                yield replace(violation, path=(*path, key))
            if not keys:
                yield violation
        else:
            yield violation


_KEYS: Mapping[str, Callable[[Error], Sequence[str]]] = {
    "additionalProperties": lambda error: error.kind.unexpected,
    "unevaluatedProperties": lambda error: error.kind.unexpected,
    "required": lambda error: (error.kind.property,),
    "dependencies": lambda error: (error.kind.property,),
    "dependentRequired": lambda error: (error.kind.property,),
}
"""The keys of the map that an error is about."""


def _keyword(error: Error) -> str:
    if "PropertyNames" in type(error.kind).__name__:
        return "propertyNames"
    # Numbers in the path are indexes: of a branch, or of an item in `items`.
    for word in reversed(error.schema_path):
        if isinstance(word, str):
            return word
    return ""


def _schema_around(root: Schema, path: Sequence[str | int]) -> Schema:
    """The schema with the keyword at the end of a path, which may lead through references."""
    here: object = root
    for key in path[:-1]:
        here = lookup(here, (key,))
        if key == "$ref" and isinstance(here, str):
            here = follow_reference(root, here)
    if not isinstance(here, Mapping):
        return {}
    return here


def _of_false_schema(
    violation: Violation, schema_path: Sequence[str | int], instance: object
) -> Iterator[Violation]:
    """The violations of a schema that is `false`, for all keys, for one key, or for a value."""
    *_, parent, last = ("", "", *schema_path)
    path = violation.path
    unknown = replace(violation, keyword="additionalProperties", schema={})
    if last in ("additionalProperties", "propertyNames"):
        whole_map = lookup(instance, path)
        if isinstance(whole_map, Mapping):
            for key, value in whole_map.items():
                yield replace(unknown, path=(*path, key), value=value)
            return
    if path and parent in ("properties", "patternProperties"):
        yield unknown
    else:
        yield replace(unknown, keyword=FORBIDDEN)


_MAX_BRANCHES = 50
"""Each branch is compiled, and of so many branches none is likely to be meant."""


def _of_branches(root: Schema, refused: Violation) -> Iterator[Violation]:
    """The violations of the branch that was probably meant: of the value's type, deepest first."""
    branches = _violations_of_branches(root, refused)
    if branches is None:
        yield refused
        return
    meant = [branch for branch in branches if branch and not _has_other_type(branch)]
    # A branch without violations accepts the value, as do several of a `oneOf`.
    if not meant or not all(branches):
        yield _as_alternatives(refused, branches)
        return
    depths = list(map(_depth, meant))
    deepest = max(depths)
    if depths.count(deepest) > 1:
        nearest = [branch for branch in meant if _depth(branch) == deepest]
        yield _as_alternatives(refused, nearest)
        return
    branch = meant[depths.index(deepest)]
    for violation in branch:
        path = (*refused.path, *violation.path)
        yield replace(violation, path=path)


Branch = tuple[Violation, ...]


def _violations_of_branches(root: Schema, refused: Violation) -> list[Branch] | None:
    """The violations of each branch; None if there are too many, or one cannot stand alone."""
    schemas = refused.schema.get(refused.keyword, ())
    if len(schemas) > _MAX_BRANCHES:
        return None
    shared = {key: root[key] for key in _SHARED if key in root}
    branches = []
    try:
        for schema in schemas:
            branch = {**shared, "allOf": [schema]}
            validator = build_validator(branch)
            found = _violations(branch, validator, refused.value)
            branches.append(tuple(found))
    except Unusable:
        # It refers to parts of the root outside of its definitions.
        return None
    return branches


_SHARED = ("$schema", "$id", "$defs", "definitions")
"""The keys of the root to which a branch may refer."""


def _as_alternatives(refused: Violation, branches: Sequence[Branch]) -> Violation:
    firsts = [branch[0] for branch in branches if branch]
    return replace(refused, alternatives=tuple(firsts))


def _depth(branch: Branch) -> int:
    return max(len(violation.path) for violation in branch)


def _has_other_type(branch: Branch) -> bool:
    """Whether the branch is for values of another type."""
    return any(map(_is_about_type, branch))


def _is_about_type(violation: Violation) -> bool:
    if violation.path:
        return False
    schema = violation.schema
    own_type = type(violation.value)
    if violation.keyword in ("enum", "const"):
        constant = schema.get("const")
        options = schema.get("enum", [constant])
        # Not isinstance(): a boolean would be an integer.
        return not any(type(option) is own_type for option in options)
    return violation.keyword == "type"
