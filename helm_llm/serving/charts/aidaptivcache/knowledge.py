"""The chart aidaptivcache: its entry in the table of charts."""

from __future__ import annotations

from helm_llm.serving.charts.aidaptivcache.inert import INERT
from helm_llm.serving.charts.aidaptivcache.spellings import ARGS, SPELLINGS
from helm_llm.serving.charts.knowledge import Alias, ChartKnowledge, Simulation

AIDAPTIVCACHE = ChartKnowledge(
    marker=("vllm", "args"),
    adapter="helm_llm.serving.charts.aidaptivcache.adapter",
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
