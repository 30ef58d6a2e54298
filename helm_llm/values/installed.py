"""Charts that Helm would install, and the values of each, with the globals they share."""

from __future__ import annotations

from typing import Any, NamedTuple

from helm_llm.errors import UsageError
from helm_llm.values.chart import Dependency
from helm_llm.values.tables import KEEP_NULLS, Nulls, Tree, drop_nulls, merge_tables


class Installed(NamedTuple):
    """A chart that Helm would install, by its alias, with the defaults it starts from."""

    name: str
    defaults: Tree
    children: tuple[Installed, ...] = ()
    declared: tuple[Dependency, ...] = ()


def coalesce_installed(
    chart: Installed, user: Tree, nulls: Nulls, *, keep: bool
) -> dict[str, Any]:
    """Values of a chart and its subcharts; UsageError where Helm refuses them."""
    names = {child.name for child in chart.children}
    out = apply_defaults(chart.defaults, user, names, nulls, keep=keep)
    for child in chart.children:
        values = out.get(child.name, {})
        if not isinstance(values, dict):
            raise UsageError(
                f"{child.name} is a dependency: its values must be a mapping, "
                f"not {values!r}"
            )
        values = _pass_globals_down(values, out)
        merged = coalesce_installed(child, values, nulls, keep=keep)
        out[child.name] = merged
        _leak_globals_up(out, merged)
    return out


def apply_defaults(
    defaults: Tree, user: Tree, subcharts: set[str], nulls: Nulls, *, keep: bool
) -> dict[str, Any]:
    """The user's values over the chart's defaults.

    `keep` leaves nulls for a later merge. Below the name of a subchart they always
    stay, because they remove the subchart's own defaults.
    """
    out = dict(user)
    drops_defaults = nulls.drops_defaults
    for key, default in defaults.items():
        if key not in user:
            if keep or not drops_defaults:
                out[key] = default
            elif isinstance(default, dict):
                out[key] = drop_nulls(default)
            elif default is not None:
                out[key] = default
            continue
        value = user[key]
        if value is None:
            if not keep:
                del out[key]
            continue
        # A scalar of the user's replaces a map of the chart, and the other way round.
        if not isinstance(value, dict) or not isinstance(default, dict):
            continue
        keep_below = keep or key in subcharts
        if drops_defaults and not keep_below:
            default = drop_nulls(default)
        out[key] = merge_tables(value, default, nulls, keep=keep_below)
    return out


def _pass_globals_down(child: Tree, parent: Tree) -> Tree:
    """The child's values with the parent's globals over its own globals."""
    own = child.get("global", {})
    given = parent.get("global", {})
    if not isinstance(own, dict):
        return child
    if not isinstance(given, dict):
        return child
    out = dict(own)
    for key, value in given.items():
        own_value = own.get(key)
        if not isinstance(value, dict):
            # A scalar of the parent does not replace a map of the child.
            if not isinstance(own_value, dict):
                out[key] = value
        elif key not in own:
            out[key] = value
        elif isinstance(own_value, dict):
            out[key] = merge_tables(value, own_value, KEEP_NULLS, keep=True)
    return {**child, "global": out}


def _leak_globals_up(parent: dict[str, Any], child: Tree) -> None:
    # Helm copies only the upper two levels of globals. What a subchart adds below
    # `global.a.b` therefore appears in its parent too.
    given = parent.get("global")
    taken = child.get("global")
    if not isinstance(given, dict):
        return
    if not isinstance(taken, dict):
        return
    leaked = dict(given)
    for key, value in given.items():
        inner = taken.get(key)
        if isinstance(value, dict) and isinstance(inner, dict):
            leaked[key] = _share_maps(value, inner)
    parent["global"] = leaked


def _share_maps(value: Tree, inner: Tree) -> dict[str, Any]:
    """The map, with the other's map for each key that is a map in both."""
    shared = dict(value)
    for key, old in value.items():
        new = inner.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            shared[key] = new
    return shared
