"""The chart vllm: Values -> ServingSpec."""

from __future__ import annotations

import re

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.serving.charts.vllm.command import command_line
from helm_llm.serving.charts.vllm.pod import SHARE, fetches
from helm_llm.serving.charts.vllm.pod import pod as pod_of
from helm_llm.serving.charts.vllm.probes import startup
from helm_llm.serving.charts.vllm.storage import storage
from helm_llm.serving.read import accelerators, fields, parallel
from helm_llm.serving.read.api_key import api_key
from helm_llm.serving.read.exposure import exposures
from helm_llm.serving.read.image import is_simulator
from helm_llm.serving.read.replicas import replicas
from helm_llm.serving.read.resources import resources
from helm_llm.serving.read.scaling import autoscaling, rollout
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Pod
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Model, Resources, ServingSpec

_MODEL = ("vllm", "model")
_TENSOR = ("vllm", "tensorParallelSize")
_PERCENTAGES = {
    "cpu": "targetCPUUtilizationPercentage",
    "memory": "targetMemoryUtilizationPercentage",
}


def spec(values: Source, facts: Facts = NO_FACTS) -> ServingSpec:
    """The server that the chart renders with these values."""
    command = command_line(values, facts)
    pod = pod_of(values, command)
    model = _model(values)
    limits = _resources(values)
    nodes = parallel.nodes(command)
    ranks = parallel.ranks(command, fields.number(values, *_TENSOR), _TENSOR)
    return ServingSpec(
        values=values,
        facts=facts,
        model=model,
        resources=limits,
        gpus=accelerators.gpus(limits),
        ranks=ranks,
        ranks_per_pod=parallel.per_node(ranks, nodes),
        nodes=nodes,
        pods=replicas(values),
        storage=storage(values, model, command),
        shared_memory=Field(pod.has_shared_memory, ("shm", "enabled")),
        startup=startup(values, pod.probes),
        command=command,
        pod=pod,
        autoscaling=autoscaling(values, _PERCENTAGES),
        rollout=rollout(values, "strategy"),
        exposures=tuple(exposures(values)),
        authenticated=_authenticated(values, command, pod),
    )


def _resources(values: Source) -> Resources:
    if not fields.table(values, *SHARE):
        return resources(values)
    # KAI Scheduler reserves the GPU, and the chart then renders no limit for it.
    return resources(values, without=("nvidia.com/gpu",), reservation=SHARE)


def _authenticated(values: Source, command: CommandLine, pod: Pod) -> bool | None:
    """Unknown if a file or an object of the cluster may contain a key."""
    if api_key(command, pod):
        return True
    if command.reads_a_file or values.get("vllm", "envFrom"):
        return None
    return False


def _model(values: Source) -> Model:
    name = fields.text(values, *_MODEL) or ""
    is_path = name.startswith("/")
    from_hub = bool(name) and not re.match(r"/|[a-z0-9]+://", name)
    return Model(
        name,
        _MODEL,
        downloads=from_hub and not is_simulator(values),
        local=is_path or fetches(values),
    )
