"""Values -> ServingSpec, one adapter per chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.keypath import MISSING, KeyPath, lookup
from helm_llm.serving.charts.aidaptivcache import adapter as aidaptivcache
from helm_llm.serving.charts.kserve_vllm import adapter as kserve_vllm
from helm_llm.serving.charts.nim_llm import adapter as nim_llm
from helm_llm.serving.charts.vllm import adapter as vllm
from helm_llm.serving.spec.spec import ServingSpec
from helm_llm.values.chart import Chart
from helm_llm.values.layers import Values

ADAPTERS: Mapping[str, Callable[[Values, Facts], ServingSpec]] = {
    "aidaptivcache": aidaptivcache.spec,
    "kserve-vllm": kserve_vllm.spec,
    "nim-llm": nim_llm.spec,
    "vllm": vllm.spec,
}


_KEYS: Mapping[str, KeyPath] = {
    "aidaptivcache": ("vllm", "args"),
    "kserve-vllm": ("model", "uri"),
    "nim-llm": ("model", "nimCache"),
    "vllm": ("vllm", "model"),
}
"""What tells our charts, and those they grew from, from other charts of these names."""


def is_known(chart: Chart) -> bool:
    """Whether an adapter reads this chart's values."""
    return (
        chart.name in ADAPTERS
        and lookup(chart.defaults.tree, _KEYS[chart.name]) is not MISSING
    )


def spec_of(values: Values, facts: Facts = NO_FACTS) -> ServingSpec | None:
    """What these values deploy; None for a chart no adapter knows."""
    return (
        ADAPTERS[values.chart.name](values, facts) if is_known(values.chart) else None
    )
