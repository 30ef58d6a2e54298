"""Which values belong to which chart: the chart, and the subcharts that Helm installs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from helm_llm.keypath import KeyPath, lookup
from helm_llm.values.chart import Chart, Dependency
from helm_llm.values.layers import Values


@dataclass(frozen=True, slots=True)
class Scope:
    """The values of one chart: the chart itself at `()`, or a subchart below its name."""

    chart: Chart
    base: KeyPath
    values: Values = field(repr=False)

    @property
    def own(self) -> Values:
        """The values as a root chart would have them: paths without the base."""
        if not self.base:
            return self.values
        return self.values.below(self.base, self.chart)

    @property
    def tree(self) -> object:
        """The values as the chart's templates see them."""
        return lookup(self.values.tree, self.base)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The chart's schema; `{}` without one."""
        return self.chart.schema or {}


def scopes(values: Values) -> tuple[Scope, ...]:
    """The chart, then every subchart that Helm would install with these values."""
    return tuple(_scopes(Scope(values.chart, (), values)))


def _scopes(scope: Scope) -> Iterator[Scope]:
    yield scope
    for dependency in scope.chart.dependencies:
        chart = dependency.chart
        # A dependency that was not fetched has no chart.
        if chart is None or not _is_installed(dependency, scope):
            continue
        base = (*scope.base, dependency.name)
        subchart = Scope(chart, base, scope.values)
        yield from _scopes(subchart)


def _is_installed(dependency: Dependency, scope: Scope) -> bool:
    """Whether Helm enables a dependency.

    The first path of the condition with a boolean decides, else the tags. Tags are read
    from the values of the root chart only.
    """
    tree = scope.tree
    for text in dependency.condition.split(","):
        path = text.strip()
        if not path:
            continue
        switch = lookup(tree, tuple(path.split(".")))
        if isinstance(switch, bool):
            return switch
    all_values = scope.values.tree
    switches = []
    for tag in dependency.tags:
        switch = lookup(all_values, ("tags", tag))
        if isinstance(switch, bool):
            switches.append(switch)
    # One tag that is true enables it; without any tag that is set, it is enabled too.
    return any(switches) or not switches
