"""What Helm makes of a chart, its subcharts and the user's values; unchanged parts are shared, not copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from helm_llm.errors import UsageError
from helm_llm.keypath import lookup
from helm_llm.values.chart import Chart, Dependency

Tree: TypeAlias = "Mapping[str, Any]"
Version: TypeAlias = "tuple[int, int, int]"


@dataclass(frozen=True, slots=True)
class Nulls:
    """What this Helm does with nulls; it changed in point releases."""

    drops_defaults: bool
    """A null in the chart's values.yaml is dropped."""
    drops_unknown: bool
    """A user's null in a map of the chart is dropped although the chart lacks the key."""
    drops_null_default: bool
    """A user's null in a map of the chart drops a default that is null itself."""

    @classmethod
    def of(cls, version: Version) -> Nulls:
        return cls(
            drops_defaults=version >= (4, 2, 0),
            drops_unknown=(4, 0, 0) <= version < (4, 1, 1),
            drops_null_default=version < (3, 20, 1) or (4, 0, 0) <= version < (4, 1, 1),
        )


def merge_tables(
    upper: Tree, lower: Tree, nulls: Nulls, *, keep: bool
) -> dict[str, Any]:
    """The upper map over the lower one; `keep` leaves the upper map's nulls for a later merge."""
    out = dict(upper)
    for key, default in lower.items():
        if key not in upper:
            out[key] = default
        elif isinstance(default, dict) and isinstance(upper[key], dict):
            out[key] = merge_tables(upper[key], default, nulls, keep=keep)
        elif (
            upper[key] is None
            and not keep
            and (default is not None or nulls.drops_null_default)
        ):
            del out[key]
    if nulls.drops_unknown and not keep:
        return {
            key: value
            for key, value in out.items()
            if value is not None or key not in upper
        }
    return out


def without_nulls(tree: Tree) -> Tree:
    """The map without null values at any depth of maps; the same object when there are none."""
    clean = {
        key: without_nulls(value) if isinstance(value, dict) else value
        for key, value in tree.items()
        if value is not None
    }
    same = len(clean) == len(tree) and all(
        clean[key] is value for key, value in tree.items()
    )
    return tree if same else clean


@dataclass(frozen=True, slots=True)
class Installed:
    """A chart that Helm would install, under its alias, with the defaults it starts from."""

    name: str
    defaults: Tree
    children: tuple[Installed, ...] = ()
    declared: tuple[Dependency, ...] = ()


def coalesce(chart: Chart, user: Tree, version: Version) -> dict[str, Any]:
    """`.Values` as the chart's templates see them; UsageError where Helm gives up."""
    nulls = Nulls.of(version)
    if not chart.dependencies:
        return _over_defaults(chart.defaults.tree, user, (), nulls, keep=False)
    installed = _imported(_enabled(chart, chart.name, user, "", nulls), nulls)
    return _coalesced(installed, user, nulls, keep=False)


def _over_defaults(
    defaults: Tree,
    user: Tree,
    children: tuple[Installed, ...],
    nulls: Nulls,
    *,
    keep: bool,
) -> dict[str, Any]:
    out = dict(user)
    for key, default in defaults.items():
        # Below a subchart's name nulls stay: they are for the subchart's own defaults.
        keep_below = keep or any(child.name == key for child in children)
        cleaned = nulls.drops_defaults and not (keep_below if key in user else keep)
        lower = (
            without_nulls(default) if cleaned and isinstance(default, dict) else default
        )
        if key not in user:
            if not cleaned or default is not None:
                out[key] = lower
        elif user[key] is None and not keep:
            del out[key]
        elif isinstance(user[key], dict) and isinstance(lower, dict):
            out[key] = merge_tables(user[key], lower, nulls, keep=keep_below)
    return out


def _coalesced(
    chart: Installed, user: Tree, nulls: Nulls, *, keep: bool
) -> dict[str, Any]:
    out = _over_defaults(chart.defaults, user, chart.children, nulls, keep=keep)
    for child in chart.children:
        below = out.get(child.name, {})
        if not isinstance(below, dict):
            raise UsageError(
                f"{child.name} is a dependency: its values must be a mapping, not {below!r}"
            )
        below = _with_globals(below, out)
        out[child.name] = _coalesced(child, below, nulls, keep=keep)
        _leak_globals(out, out[child.name])
    return out


def _with_globals(child: Tree, parent: Tree) -> Tree:
    """The child's values with the parent's globals over its own."""
    own, given = child.get("global", {}), parent.get("global", {})
    if not isinstance(own, dict) or not isinstance(given, dict):
        return child
    out = dict(own)
    for key, value in given.items():
        if not isinstance(value, dict):
            out[key] = own[key] if isinstance(own.get(key), dict) else value
        elif key not in own:
            out[key] = value
        elif isinstance(own[key], dict):
            out[key] = merge_tables(value, own[key], _KEEPING, keep=True)
    return {**child, "global": out}


_KEEPING = Nulls(drops_defaults=False, drops_unknown=False, drops_null_default=False)


def _leak_globals(parent: dict[str, Any], child: Tree) -> None:
    # Helm copies only the upper two levels of globals: what a subchart adds below `global.a.b` its parent sees too.
    given, taken = parent.get("global"), child.get("global")
    if not isinstance(given, dict) or not isinstance(taken, dict):
        return
    shared = {
        key: taken[key]
        for key, value in given.items()
        if _are_maps(value, taken.get(key))
    }
    parent["global"] = given | {
        key: given[key]
        | {
            name: inner[name]
            for name, old in given[key].items()
            if _are_maps(old, inner.get(name))
        }
        for key, inner in shared.items()
    }


def _are_maps(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)


def _unprocessed(chart: Chart, name: str) -> Installed:
    """The chart with everything that lies in its charts/, as Helm has it before it looks at conditions and aliases."""
    below = {
        dependency.chart.name: dependency.chart
        for dependency in chart.dependencies
        if dependency.chart
    }
    children = tuple(_unprocessed(child, child.name) for child in below.values())
    return Installed(name, chart.defaults.tree, children, _declared(chart))


def _declared(chart: Chart) -> tuple[Dependency, ...]:
    return tuple(dependency for dependency in chart.dependencies if dependency.declared)


def _enabled(
    chart: Chart, name: str, user: Tree, prefix: str, nulls: Nulls
) -> Installed:
    """The chart without the dependencies that conditions or tags switch off."""
    everything = _unprocessed(chart, name)
    declared = _declared(chart)
    if not declared:
        return everything
    present = [
        (dependency, dependency.chart)
        for dependency in chart.dependencies
        if dependency.chart
    ]
    children = tuple(
        _unprocessed(child, dependency.name) for dependency, child in present
    )
    values = _coalesced(replace(everything, children=children), user, nulls, keep=False)
    off = {
        dependency.name
        for dependency in declared
        if not _is_on(dependency, values, prefix)
    }
    return replace(
        everything,
        children=tuple(
            _enabled(
                child, dependency.name, values, f"{prefix}{dependency.name}.", nulls
            )
            for dependency, child in present
            if dependency.name not in off
        ),
        declared=tuple(
            dependency for dependency in declared if dependency.name not in off
        ),
    )


def _is_on(dependency: Dependency, values: Tree, prefix: str) -> bool:
    for condition in dependency.condition.strip().split(","):
        switch = lookup(values, tuple((prefix + condition).split(".")))
        if condition and isinstance(switch, bool):
            return switch
    switches = [lookup(values, ("tags", tag)) for tag in dependency.tags]
    switches = [switch for switch in switches if isinstance(switch, bool)]
    return any(switches) or not switches


def _imported(chart: Installed, nulls: Nulls) -> Installed:
    """Each chart that declares dependencies starts from theirs too, and from what import-values copies up."""
    chart = replace(
        chart, children=tuple(_imported(child, nulls) for child in chart.children)
    )
    if not chart.declared:
        return chart
    values = _coalesced(chart, {}, nulls, keep=True)
    imports: dict[str, Any] = {}
    for dependency in chart.declared:
        for entry in dependency.import_values:
            imports = merge_tables(
                imports, _import(entry, dependency.name, values), nulls, keep=True
            )
    return replace(chart, defaults=merge_tables(values, imports, nulls, keep=True))


def _import(entry: Any, name: str, values: Tree) -> Tree:
    is_pair = isinstance(entry, dict)
    child, parent = (
        (str(entry.get("child")), str(entry.get("parent")))
        if is_pair
        else (f"exports.{entry}", ".")
    )
    tree = lookup(values, (name, *child.split(".")))
    if not isinstance(tree, dict):
        return {}
    for key in reversed(parent.split(".") if parent != "." else []):
        tree = {key: tree}
    return tree
