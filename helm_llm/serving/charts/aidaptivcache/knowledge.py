"""The chart aidaptivcache: its entry in the table of charts."""

from __future__ import annotations

from helm_llm.facts import Facts
from helm_llm.serving.charts.aidaptivcache.inert import INERT
from helm_llm.serving.charts.aidaptivcache.spellings import ARGS, SPELLINGS
from helm_llm.serving.charts.knowledge import Alias, ChartKnowledge, Simulation
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import ServingSpec


def _adapter(values: Source, facts: Facts) -> ServingSpec:
    # Imported here because a lint of another chart does not need it.
    from helm_llm.serving.charts.aidaptivcache.adapter import spec

    return spec(values, facts)


AIDAPTIVCACHE = ChartKnowledge(
    marker=("vllm", "args"),
    adapter=_adapter,
    inert=INERT,
    simulation=Simulation(
        ("vllm", "extraEnv"),
        images=("image.repository", "initContainer.image.repository"),
        variables=(("SIM_SKIP_NVME", "1"),),
        settings=(("schedulerName", ""),),
    ),
    renamed={
        ("replicas",): ("deployment.replicas",),
        ("maxModelLen",): ("vllm.args.maxModelLen",),
        ("enableChunkedPrefill",): ("vllm.args.enableChunkedPrefill",),
        ("enablePrefixCaching",): ("vllm.args.enablePrefixCaching",),
        ("ssdKvOffloadGb",): ("vllm.args.ssdKvOffloadGb",),
    },
    aliases=tuple(
        Alias((*ARGS, ignored), (*ARGS, used)) for ignored, used in SPELLINGS.items()
    ),
)
