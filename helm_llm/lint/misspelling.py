"""An unknown key that can only have been meant as one particular key."""

from __future__ import annotations

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
    if not _is_valid(scope, right, lookup(scope.tree, path)):
        return None
    return Rename((*scope.base, *path), name)


def names_here(scope: Scope, path: KeyPath) -> tuple[str, ...]:
    """The names in this chart of a key of other charts, older releases or guides."""
    known = CHARTS.get(scope.chart.name)
    return known.renamed.get(path, ()) if known else ()


def _right_name(scope: Scope, path: KeyPath) -> str | None:
    *parents, key = path
    names = names_here(scope, path)
    if not names:
        return certain_match(str(key), keys_at(scope.schema, tuple(parents)))
    # A rename cannot move a value to another map, or split it.
    *other_parents, name = names[0].split(".")
    return name if len(names) == 1 and other_parents == parents else None


def _is_valid(scope: Scope, path: KeyPath, value: object) -> bool:
    """Whether the schema accepts the value at the path.

    Only this value is validated, since the whole of the values may be large.
    """
    at = tuple(0 if isinstance(key, int) else key for key in path)
    for error in validator_of(scope.chart).iter_errors(_nest(at, value)):
        if tuple(error.instance_path)[: len(at)] == at:
            return False
    return True


def _nest(path: KeyPath, value: object) -> object:
    for key in reversed(path):
        value = [value] if isinstance(key, int) else {key: value}
    return value
