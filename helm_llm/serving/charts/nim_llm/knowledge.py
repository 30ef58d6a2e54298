"""The chart nim-llm: its entry in the table of charts."""

from __future__ import annotations

from helm_llm.serving.charts.knowledge import Alias, ChartKnowledge, Simulation
from helm_llm.serving.charts.nim_llm.inert import INERT

NIM_LLM = ChartKnowledge(
    marker=("model", "nimCache"),
    adapter="helm_llm.serving.charts.nim_llm.adapter",
    inert=INERT,
    simulation=Simulation(("env",), model=("model", "name")),
    renamed={
        ("probes",): ("livenessProbe", "readinessProbe", "startupProbe"),
        ("securityContext",): ("podSecurityContext", "containerSecurityContext"),
        ("service", "port"): ("service.openaiPort",),
        ("service", "ports"): ("service.openaiPort",),
        ("fullname",): ("fullnameOverride",),
        ("models",): ("model",),
        ("llmModel",): ("model.name",),
    },
    aliases=(
        Alias(ignored=("model", "openaiPort"), used=("model", "openai_port")),
        Alias(ignored=("model", "nemoPort"), used=("model", "nemo_port")),
        Alias(ignored=("service", "openaiPort"), used=("service", "openai_port")),
    ),
    secrets={
        ("model", "ngcAPIKey"): (
            "make a Secret of it, name it in model.ngcAPISecret and leave this empty"
        ),
    },
)
