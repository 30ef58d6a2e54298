"""What the tool knows about one of our charts. `helm_llm.serving.CHARTS` lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import NamedTuple

from helm_llm.facts import Facts
from helm_llm.keypath import KeyPath
from helm_llm.serving.charts.inert import Condition, InertSettings
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import ServingSpec

Adapter = Callable[[Source, Facts], ServingSpec]


class Alias(NamedTuple):
    """Two spellings of one setting. Where both are given, the chart reads only `used`."""

    ignored: KeyPath
    used: KeyPath
    condition: Condition | None = None
    """The chart reads the setting only while this is met."""

    def applies(self, tree: object) -> bool:
        """Whether the chart reads the setting with these values."""
        if self.condition is None:
            return True
        return self.condition.is_met(tree)


class Simulation(NamedTuple):
    """Values by which `helm llm test --simulate` replaces a chart's engine."""

    environment: tuple[str, ...]
    """The list of the engine's variables."""
    images: tuple[str, ...] = ("image.repository",)
    tests: str = "tests.image"
    """The image of the chart's test pods."""
    model: tuple[str, ...] = ()
    """The value that names the model, in charts that do not pass it to their engine."""
    variables: tuple[tuple[str, str], ...] = ()
    """Variables for the simulator: checks to skip, for lack of hardware or model files."""
    settings: tuple[tuple[str, str], ...] = ()
    """Values that replace what a test cluster does not have."""
    source: tuple[str, ...] = ()
    """Where the model comes from; a test cluster can only offer a claim."""


class ChartKnowledge(NamedTuple):
    """One chart: how to read its values, and what is special about its keys."""

    marker: KeyPath
    """A key that other charts of this name do not have."""
    adapter: str
    """The module with the function `spec`, imported when a chart is read."""
    inert: tuple[InertSettings, ...]
    simulation: Simulation
    renamed: Mapping[KeyPath, tuple[str, ...]] = {}
    """Keys of other charts, older releases and guides -> their names in this chart."""
    aliases: tuple[Alias, ...] = ()
    secrets: Mapping[KeyPath, str] = {}
    """Keys that take a secret in plain text -> what to use instead."""

    def spec(self, values: Source, facts: Facts) -> ServingSpec:
        """What these values of the chart deploy."""
        adapter: Adapter = import_module(self.adapter).spec
        return adapter(values, facts)
