"""The chart kserve-vllm: Values -> ServingSpec."""

from __future__ import annotations

import re

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.serving.charts.kserve_vllm.command import command_line, starts_vllm
from helm_llm.serving.charts.kserve_vllm.pod import authenticated
from helm_llm.serving.charts.kserve_vllm.pod import pod as pod_of
from helm_llm.serving.charts.kserve_vllm.scaling import (
    autoscaling,
    nodes,
    pods,
    rollout,
)
from helm_llm.serving.charts.kserve_vllm.service import (
    URI,
    claim,
    from_bucket,
    location,
    on_knative,
    over_nodes,
    own_runtime,
)
from helm_llm.serving.read import accelerators, fields, parallel
from helm_llm.serving.read.probes import startup
from helm_llm.serving.read.resources import resources
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.exposure import Exposure
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Pod
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import (
    Degree,
    Model,
    Nodes,
    Ranks,
    ServingSpec,
    Startup,
    Storage,
)

_TENSOR = ("multiNode", "tensorParallelSize")
_PIPELINE = ("multiNode", "pipelineParallelSize")
_DEADLINE = ("scaling", "serverless", "timeout")
_ROUTE = ("endpoint", "externalRoute", "enabled")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
_AT_ONCE = ("pvc", "oci", "oci+native")
"""Schemes of models that no pod downloads."""


def spec(values: Source, facts: Facts = NO_FACTS) -> ServingSpec:
    """The server that KServe starts from what the chart renders."""
    command = command_line(values, facts)
    known = command if starts_vllm(values) else None
    pod = pod_of(values, known)
    limits = resources(values)
    group, ranks = _nodes_and_ranks(values, command)
    # In a group Ray places the ranks on as many nodes as KServe computes from the GPUs.
    is_single = over_nodes(values) is False
    return ServingSpec(
        values=values,
        facts=facts,
        model=_model(values),
        resources=limits,
        gpus=accelerators.gpus(limits),
        ranks=ranks,
        ranks_per_pod=parallel.per_node(ranks, group) if is_single else None,
        nodes=group,
        pods=pods(values),
        storage=Storage(existing_claim=claim(values)),
        shared_memory=Field(True, ("servingRuntime", "shmSize")),
        startup=_startup(values, pod),
        command=known,
        pod=pod,
        autoscaling=autoscaling(values),
        rollout=rollout(values),
        exposures=_exposures(values),
        authenticated=authenticated(values, command),
    )


def _nodes_and_ranks(
    values: Source, command: CommandLine
) -> tuple[Nodes | None, Ranks | None]:
    if not over_nodes(values):
        return parallel.nodes(command), parallel.ranks(command, Field(1, ()))
    tensor = fields.whole(values, *_TENSOR)
    pipeline = fields.whole(values, *_PIPELINE)
    if not tensor or not pipeline:
        return nodes(values), None
    degrees = (
        Degree("tensor", tensor, _TENSOR),
        Degree("pipeline", pipeline, _PIPELINE),
    )
    return nodes(values), Ranks(degrees)


def _exposures(values: Source) -> tuple[Exposure, ...]:
    if not fields.switch(values, *_ROUTE):
        return ()
    return (Exposure("Route", _ROUTE),)


def _model(values: Source) -> Model:
    found = location(values)
    path = ("model", "s3", "path") if from_bucket(values) else URI
    # KServe puts the weights into the pod before the server starts. For Knative, that
    # is part of the start-up.
    is_there = found is not None and found.scheme in _AT_ONCE
    local = is_there or on_knative(values) is False
    return Model(fields.text(values, *path) or "", path, downloads=False, local=local)


def _startup(values: Source, pod: Pod) -> Startup | None:
    knative = on_knative(values)
    if not own_runtime(values) or over_nodes(values) is not False:
        return None
    if knative is None:
        return None
    if knative:
        return _deadline(values)
    return startup(pod.probes)


def _deadline(values: Source) -> Startup | None:
    """Knative's time limit for a revision to become ready: `1h30m`."""
    text = fields.text(values, *_DEADLINE) or ""
    parts = re.findall(r"([0-9.]+)(ms|s|m|h)", text)
    if not parts:
        return None
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    return Startup(int(seconds), (_DEADLINE,))
