"""The chart vllm: Values -> ServingSpec."""

from __future__ import annotations

import re

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.serving.charts.vllm import pod as vllm_pod
from helm_llm.serving.charts.vllm.command import command_line
from helm_llm.serving.charts.vllm.pod import SHARE
from helm_llm.serving.charts.vllm.probes import startup
from helm_llm.serving.charts.vllm.storage import storage
from helm_llm.serving.read import accelerators, arguments, fields, parallel
from helm_llm.serving.read.api_key import api_key
from helm_llm.serving.read.exposure import exposures
from helm_llm.serving.read.image import is_simulator
from helm_llm.serving.read.replicas import replicas
from helm_llm.serving.read.resources import resources
from helm_llm.serving.read.scaling import autoscaling, rollout
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Pod
from helm_llm.serving.spec.spec import Model, Resources, ServingSpec
from helm_llm.values.layers import Values

_MODEL = ("vllm", "model")
_PERCENTAGES = {
    "cpu": "targetCPUUtilizationPercentage",
    "memory": "targetMemoryUtilizationPercentage",
}


def spec(values: Values, facts: Facts = NO_FACTS) -> ServingSpec:
    """What the chart makes of these values."""
    flags = arguments.flags(fields.words(values, "vllm", "additionalArgs"))
    model = _model(values)
    given = _resources(values)
    nodes, command = parallel.nodes(flags), command_line(values, facts)
    pod = vllm_pod.pod(values, command)
    ranks = parallel.ranks(flags, _tensor(values))
    return ServingSpec(
        values=values,
        facts=facts,
        model=model,
        resources=given,
        gpus=accelerators.gpus(given),
        ranks=ranks,
        ranks_per_pod=parallel.per_node(ranks, nodes),
        nodes=nodes,
        pods=replicas(values),
        storage=storage(values, model, flags),
        shared_memory=_shared_memory(pod),
        startup=startup(values, pod.probes),
        command=command,
        pod=pod,
        autoscaling=autoscaling(values, _PERCENTAGES),
        rollout=rollout(values, "strategy"),
        exposures=tuple(exposures(values)),
        authenticated=_authenticated(values, command, pod),
    )


def _resources(values: Values) -> Resources:
    """The GPU may come from a reservation of the scheduler."""
    shared = fields.table(values, *SHARE)
    return (
        resources(values, ("nvidia.com/gpu",), SHARE) if shared else resources(values)
    )


def _authenticated(values: Values, command: CommandLine, pod: Pod) -> bool | None:
    """Unknown where a file or an object of the cluster may hold a key."""
    if api_key(command, pod):
        return True
    return None if command.reads_a_file or values.get("vllm", "envFrom") else False


def _shared_memory(pod: Pod) -> Field[bool]:
    mounted = pod.mounts is None or any(mount.at == "/dev/shm" for mount in pod.mounts)  # noqa: S108
    return Field(mounted, ("shm", "enabled"))


def _tensor(values: Values) -> Field[int] | None:
    size = fields.whole(values, "vllm", "tensorParallelSize")
    return None if size is None else Field(size, ("vllm", "tensorParallelSize"))


def _model(values: Values) -> Model:
    name = fields.text(values, *_MODEL) or ""
    on_disk, elsewhere = (
        name.startswith("/"),
        re.match(r"[a-z0-9]+://", name) is not None,
    )
    from_hub = bool(name) and not on_disk and not elsewhere
    return Model(
        name,
        _MODEL,
        downloads=from_hub and not is_simulator(values),
        local=on_disk or vllm_pod.fetches(values),
    )
