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
        return self.values.below(self.base, self.chart) if self.base else self.values

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
        if dependency.chart and _is_installed(dependency, scope):
            path = (*scope.base, dependency.name)
            yield from _scopes(Scope(dependency.chart, path, scope.values))


def _is_installed(dependency: Dependency, scope: Scope) -> bool:
    """Whether Helm enables a dependency.

    The first path of the condition with a boolean decides, else the tags. Tags are read
    from the values of the root chart only.
    """
    for path in map(str.strip, dependency.condition.split(",")):
        switch = lookup(scope.tree, tuple(path.split(".")))
        if path and isinstance(switch, bool):
            return switch
    tags = [lookup(scope.values.tree, ("tags", tag)) for tag in dependency.tags]
    switches = [tag for tag in tags if isinstance(tag, bool)]
    return any(switches) or not switches
