"""An unknown key that can only have been meant for one other."""

from __future__ import annotations

from typing import Any

from helm_llm.keypath import KeyPath, lookup
from helm_llm.lint.chart_scope import Scope
from helm_llm.lint.fix import Rename
from helm_llm.lint.schema.subschema import keys_at
from helm_llm.lint.schema.validator import validator_of
from helm_llm.lint.suggest import certain_match
from helm_llm.serving import CHARTS


def find_rename(scope: Scope, path: KeyPath) -> Rename | None:
    """The new name, if there is no doubt: nobody uses it yet, and its schema takes the value."""
    name = _name(scope, path)
    if name is None:
        return None
    right = (*path[:-1], name)
    if scope.values.user_set((*scope.base, *right)) or not _takes(
        scope, right, lookup(scope.tree, path)
    ):
        return None
    return Rename((*scope.base, *path), name)


def names_here(scope: Scope, path: KeyPath) -> tuple[str, ...]:
    """The names in this chart of a key of other charts, older releases or guides."""
    known = CHARTS.get(scope.chart.name)
    return known.renamed.get(path, ()) if known else ()


def _name(scope: Scope, path: KeyPath) -> str | None:
    *parents, key = path
    names = names_here(scope, path)
    if not names:
        return certain_match(str(key), keys_at(scope.schema, tuple(parents)))
    *elsewhere, name = names[0].split(".")
    return name if len(names) == 1 and elsewhere == parents else None


def _takes(scope: Scope, path: KeyPath, value: Any) -> bool:
    """Whether nothing is wrong at the path in values that hold this value alone, as all of them may be many."""
    at = tuple(0 if isinstance(key, int) else key for key in path)
    errors = validator_of(scope.chart).iter_errors(_alone(at, value))
    return not any(tuple(error.instance_path)[: len(at)] == at for error in errors)


def _alone(path: KeyPath, value: Any) -> Any:
    for key in reversed(path):
        value = [value] if isinstance(key, int) else {key: value}
    return value
