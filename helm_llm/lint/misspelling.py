"""An unknown key that can only have been meant as one particular key."""

from __future__ import annotations

from collections.abc import Sequence

from helm_llm.keypath import KeyPath, lookup
from helm_llm.lint.chart_scope import Scope
from helm_llm.lint.fix import Rename
from helm_llm.lint.schema.subschema import keys_at
from helm_llm.lint.schema.validator import validator_of
from helm_llm.lint.suggest import certain_match
from helm_llm.serving import CHARTS


def find_rename(scope: Scope, path: KeyPath) -> Rename | None:
    """The right name, if there is no doubt: it is not set yet, and its schema fits."""
    name = _right_name(scope, path)
    if name is None:
        return None
    right = (*path[:-1], name)
    if scope.values.is_user_set((*scope.base, *right)):
        return None
    value = lookup(scope.tree, path)
    if not _is_valid(scope, right, value):
        return None
    release_path = (*scope.base, *path)
    return Rename(release_path, name)


def names_here(scope: Scope, path: KeyPath) -> tuple[str, ...]:
    """The names in this chart of a key of other charts, older releases or guides."""
    known = CHARTS.get(scope.chart.name)
    if known is None:
        return ()
    return known.renamed.get(path, ())


def _right_name(scope: Scope, path: KeyPath) -> str | None:
    *parents, key = path
    names = names_here(scope, path)
    if not names:
        known = keys_at(scope.schema, tuple(parents))
        return certain_match(str(key), known)
    # A rename cannot move a value to another map, or split it.
    if len(names) > 1:
        return None
    *other_parents, name = names[0].split(".")
    if other_parents != parents:
        return None
    return name


def _is_valid(scope: Scope, path: KeyPath, value: object) -> bool:
    """Whether the schema accepts the value at the path.

    Only this value is validated, since the whole of the values may be large.
    """
    validator = validator_of(scope.chart)
    # In the nested value, each list has one item.
    at = [0 if isinstance(key, int) else key for key in path]
    depth = len(at)
    for error in validator.iter_errors(_nest(at, value)):
        start = error.instance_path[:depth]
        # Other errors are about what the nested value lacks.
        if start == at:
            return False
    return True


def _nest(path: Sequence[str | int], value: object) -> object:
    for key in reversed(path):
        holder: object = {key: value}
        if isinstance(key, int):
            holder = [value]
        value = holder
    return value
