"""Chart and user values -> `.Values` as the chart's templates see them.

Helm first removes the dependencies that conditions and tags switch off, then copies
import-values up, then merges defaults and user values.
"""

from __future__ import annotations

from typing import Any

from helm_llm.keypath import lookup
from helm_llm.values.chart import Chart, Dependency
from helm_llm.values.installed import Installed, apply_defaults, coalesce_installed
from helm_llm.values.tables import Nulls, Tree, Version, merge_tables

__all__ = ["Tree", "Version", "coalesce"]


def coalesce(chart: Chart, user: Tree, version: Version) -> dict[str, Any]:
    """`.Values` of a chart; UsageError where Helm refuses the values."""
    nulls = Nulls.of(version)
    if not chart.dependencies:
        return apply_defaults(chart.defaults.tree, user, set(), nulls, keep=False)
    enabled = _enabled_charts(chart, chart.name, user, "", nulls)
    installed = _apply_imports(enabled, nulls)
    return coalesce_installed(installed, user, nulls, keep=False)


def _all_charts(chart: Chart, name: str) -> Installed:
    """The chart with all of its charts/, before Helm looks at conditions and aliases."""
    charts: dict[str, Chart] = {}
    declared: list[Dependency] = []
    for dependency in chart.dependencies:
        if dependency.chart:
            charts[dependency.chart.name] = dependency.chart
        if dependency.declared:
            declared.append(dependency)
    children: list[Installed] = []
    for child in charts.values():
        everything = _all_charts(child, child.name)
        children.append(everything)
    return Installed(
        name=name,
        defaults=chart.defaults.tree,
        children=tuple(children),
        declared=tuple(declared),
    )


def _enabled_charts(
    chart: Chart, name: str, user: Tree, prefix: str, nulls: Nulls
) -> Installed:
    """The chart without the dependencies that conditions or tags switch off.

    `prefix` is the path of the chart's values in those of the release.
    """
    everything = _all_charts(chart, name)
    if not everything.declared:
        return everything
    values = _values_of_aliases(chart, everything, user, nulls)
    declared: list[Dependency] = []
    disabled: set[str] = set()
    for dependency in everything.declared:
        if _is_enabled(dependency, values, prefix):
            declared.append(dependency)
        else:
            disabled.add(dependency.name)
    children: list[Installed] = []
    for dependency in chart.dependencies:
        child, alias = dependency.chart, dependency.name
        # A name that is disabled once is disabled everywhere.
        if child and alias not in disabled:
            below = f"{prefix}{alias}."
            children.append(_enabled_charts(child, alias, values, below, nulls))
    remaining = [each for each in declared if each.name not in disabled]
    return everything._replace(
        children=tuple(children),
        declared=tuple(remaining),
    )


def _values_of_aliases(
    chart: Chart, everything: Installed, user: Tree, nulls: Nulls
) -> dict[str, Any]:
    """Values with all dependencies under their aliases, in which conditions look."""
    children: list[Installed] = []
    for dependency in chart.dependencies:
        if dependency.chart is None:
            continue
        child = _all_charts(dependency.chart, dependency.name)
        children.append(child)
    aliased = everything._replace(children=tuple(children))
    return coalesce_installed(aliased, user, nulls, keep=False)


def _is_enabled(dependency: Dependency, values: Tree, prefix: str) -> bool:
    # The first condition that is a boolean decides; tags count only without one.
    for condition in dependency.condition.strip().split(","):
        if not condition:
            continue
        path = (prefix + condition).split(".")
        switch = lookup(values, tuple(path))
        if isinstance(switch, bool):
            return switch
    is_decided = False
    for tag in dependency.tags:
        switch = lookup(values, ("tags", tag))
        if switch is True:
            return True
        if switch is False:
            is_decided = True
    return not is_decided


def _apply_imports(chart: Installed, nulls: Nulls) -> Installed:
    """The chart with defaults that include those of its dependencies and its imports."""
    children = tuple(_apply_imports(child, nulls) for child in chart.children)
    chart = chart._replace(children=children)
    if not chart.declared:
        return chart
    values = coalesce_installed(chart, {}, nulls, keep=True)
    imports: dict[str, Any] = {}
    for dependency in chart.declared:
        for entry in dependency.import_values:
            imported = _imported_values(entry, dependency.name, values)
            imports = merge_tables(imports, imported, nulls, keep=True)
    # The chart's own values win over what it imports.
    defaults = merge_tables(values, imports, nulls, keep=True)
    return chart._replace(defaults=defaults)


def _imported_values(entry: object, name: str, values: Tree) -> Tree:
    """What one entry of import-values copies from the dependency of this name."""
    # An entry is a name below `exports`, or a path of the child and one of the parent.
    child = f"exports.{entry}"
    parent = "."
    if isinstance(entry, dict):
        child = str(entry.get("child"))
        parent = str(entry.get("parent"))
    path = (name, *child.split("."))
    tree = lookup(values, path)
    if not isinstance(tree, dict):
        return {}
    if parent == ".":
        return tree
    for key in reversed(parent.split(".")):
        tree = {key: tree}
    return tree
