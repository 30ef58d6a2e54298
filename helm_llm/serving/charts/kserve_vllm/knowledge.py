"""The chart kserve-vllm: its entry in the table of charts."""

from __future__ import annotations

from helm_llm.facts import Facts
from helm_llm.serving.charts.knowledge import Alias, ChartKnowledge, Simulation
from helm_llm.serving.charts.kserve_vllm.inert import INERT, ON_KNATIVE
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import ServingSpec


def _adapter(values: Source, facts: Facts) -> ServingSpec:
    # Imported here because a lint of another chart does not need it.
    from helm_llm.serving.charts.kserve_vllm.adapter import spec

    return spec(values, facts)


KSERVE_VLLM = ChartKnowledge(
    marker=("model", "uri"),
    adapter=_adapter,
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
