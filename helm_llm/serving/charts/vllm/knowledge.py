"""The chart vllm: its entry in the table of charts."""

from __future__ import annotations

from helm_llm.facts import Facts
from helm_llm.serving.charts.knowledge import ChartKnowledge, Simulation
from helm_llm.serving.charts.vllm.inert import INERT
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import ServingSpec


def _adapter(values: Source, facts: Facts) -> ServingSpec:
    # Imported here because a lint of another chart does not need it.
    from helm_llm.serving.charts.vllm.adapter import spec

    return spec(values, facts)


VLLM = ChartKnowledge(
    marker=("vllm", "model"),
    adapter=_adapter,
    inert=INERT,
    simulation=Simulation(("vllm", "env")),
    renamed={
        ("useKAIScheduler",): ("kaischeduler",),
        ("tensorParallelSize",): ("vllm.tensorParallelSize",),
        ("model",): ("vllm.model",),
        ("maxModelLen",): ("vllm.maxModelLen",),
    },
    secrets={
        ("apiKey", "value"): "make a Secret of it and name it in apiKey.existingSecret",
        ("huggingfaceToken", "value"): (
            "make a Secret of it and name it in huggingfaceToken.existingSecret"
        ),
    },
)
