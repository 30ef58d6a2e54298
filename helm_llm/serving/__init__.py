"""Values -> ServingSpec, one adapter per chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.layers import Values
from helm_llm.serving import aidaptivcache, kserve_vllm, nim_llm, vllm
from helm_llm.serving.spec import ServingSpec

ADAPTERS: Mapping[str, Callable[[Values, Facts], ServingSpec]] = {
    "aidaptivcache": aidaptivcache.spec,
    "kserve-vllm": kserve_vllm.spec,
    "nim-llm": nim_llm.spec,
    "vllm": vllm.spec,
}


def spec_of(values: Values, facts: Facts = NO_FACTS) -> ServingSpec | None:
    """What these values deploy; None for a chart no adapter knows."""
    adapter = ADAPTERS.get(values.chart.name)
    return adapter(values, facts) if adapter else None
