"""The chart vllm: its entry in the table of charts."""

from __future__ import annotations

from helm_llm.serving.charts.knowledge import ChartKnowledge, Simulation
from helm_llm.serving.charts.vllm.inert import INERT

VLLM = ChartKnowledge(
    marker=("vllm", "model"),
    adapter="helm_llm.serving.charts.vllm.adapter",
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
