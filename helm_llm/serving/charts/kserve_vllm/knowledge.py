"""The chart kserve-vllm: its entry in the table of charts."""

from __future__ import annotations

from helm_llm.serving.charts.knowledge import Alias, ChartKnowledge, Simulation
from helm_llm.serving.charts.kserve_vllm.inert import INERT, ON_KNATIVE

KSERVE_VLLM = ChartKnowledge(
    marker=("model", "uri"),
    adapter="helm_llm.serving.charts.kserve_vllm.adapter",
    inert=INERT,
    simulation=Simulation(
        ("model", "env"),
        images=("image.image",),
        variables=(("SIM_SKIP_MODEL", "1"),),
        settings=(
            ("model.mode", "uri"),
            ("resources.requests.cpu", "10m"),
            ("resources.requests.memory", "32Mi"),
        ),
        source=("model", "uri"),
    ),
    renamed={
        ("model", "resources"): ("resources",),
        ("inferenceService", "storage"): ("model",),
        ("inferenceService", "args"): ("model.args",),
        ("servingRuntime", "image"): ("image",),
    },
    # A plain Deployment ignores everything below scaling.serverless.
    aliases=(
        Alias(
            ignored=("scaling", "serverless", "scaleMetric"),
            used=("scaling", "scaleMetric"),
            condition=ON_KNATIVE,
        ),
        Alias(
            ignored=("scaling", "serverless", "scaleTarget"),
            used=("scaling", "scaleTarget"),
            condition=ON_KNATIVE,
        ),
    ),
)
