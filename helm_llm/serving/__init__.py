"""Values -> ServingSpec: one adapter for each chart in CHARTS."""

from __future__ import annotations

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.keypath import MISSING, lookup
from helm_llm.serving.charts.aidaptivcache.knowledge import AIDAPTIVCACHE
from helm_llm.serving.charts.knowledge import ChartKnowledge
from helm_llm.serving.charts.kserve_vllm.knowledge import KSERVE_VLLM
from helm_llm.serving.charts.nim_llm.knowledge import NIM_LLM
from helm_llm.serving.charts.vllm.knowledge import VLLM
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import ServingSpec
from helm_llm.values.chart import Chart

CHARTS: dict[str, ChartKnowledge] = {
    "aidaptivcache": AIDAPTIVCACHE,
    "kserve-vllm": KSERVE_VLLM,
    "nim-llm": NIM_LLM,
    "vllm": VLLM,
}
"""Everything the tool knows about a chart, by the chart's name."""


def is_known(chart: Chart) -> bool:
    """Whether an adapter reads this chart's values.

    Other charts may have the name of one of ours, and then lack its marker.
    """
    known = CHARTS.get(chart.name)
    if known is None:
        return False
    return lookup(chart.defaults.tree, known.marker) is not MISSING


def spec_of(values: Source, facts: Facts = NO_FACTS) -> ServingSpec | None:
    """Return what these values deploy, or None for a chart without an adapter."""
    if not is_known(values.chart):
        return None
    return CHARTS[values.chart.name].spec(values, facts)
