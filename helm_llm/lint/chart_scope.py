"""Whose values are whose: the chart and the subcharts that Helm would install with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helm_llm.keypath import KeyPath, lookup
from helm_llm.values.chart import Chart
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
    def tree(self) -> Any:
        """The values as this chart sees them."""
        return lookup(self.values.tree, self.base)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The chart's schema, `{}` without one."""
        return self.chart.schema or {}


def scopes(values: Values) -> tuple[Scope, ...]:
    """The chart and every subchart that Helm would install with these values."""
    return tuple(_scopes(Scope(values.chart, (), values)))


def _scopes(scope: Scope) -> Iterator[Scope]:
    yield scope
    for dependency in scope.chart.dependencies:
        path = (*scope.base, dependency.name)
        if dependency.chart and _installed(
            dependency.condition, dependency.tags, scope
        ):
            yield from _scopes(Scope(dependency.chart, path, scope.values))


def _installed(condition: str, tags: Sequence[str], scope: Scope) -> bool:
    """The first path of the condition that holds a boolean decides, else the tags, which are the parent's."""
    for path in filter(None, (word.strip() for word in condition.split(","))):
        switch = lookup(scope.tree, tuple(path.split(".")))
        if isinstance(switch, bool):
            return switch
    switches = [lookup(scope.values.tree, ("tags", tag)) for tag in tags]
    given = [switch for switch in switches if isinstance(switch, bool)]
    return any(given) or not given
