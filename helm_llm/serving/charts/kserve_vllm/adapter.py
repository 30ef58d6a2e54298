"""The chart kserve-vllm: Values -> ServingSpec."""

from __future__ import annotations

import re

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.serving.charts.kserve_vllm.command import command_line, words
from helm_llm.serving.charts.kserve_vllm.pod import authenticated, pod
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
from helm_llm.serving.read import accelerators, arguments, fields, parallel
from helm_llm.serving.read.probes import startup
from helm_llm.serving.read.resources import resources
from helm_llm.serving.spec.exposure import Exposure
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Probe
from helm_llm.serving.spec.spec import (
    Degree,
    Model,
    Ranks,
    ServingSpec,
    Startup,
    Storage,
)
from helm_llm.values.layers import Values

_SIZES = {
    "tensor": ("multiNode", "tensorParallelSize"),
    "pipeline": ("multiNode", "pipelineParallelSize"),
}
_DEADLINE = ("scaling", "serverless", "timeout")
_ROUTE = ("endpoint", "externalRoute", "enabled")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
_AT_ONCE = ("pvc", "oci", "oci+native")
"""Schemes whose models nobody downloads into the pod."""


def spec(values: Values, facts: Facts = NO_FACTS) -> ServingSpec:
    """What the chart makes of these values, and KServe of that."""
    given, several = resources(values), over_nodes(values)
    flags = arguments.flags(words(values))
    command = command_line(values, facts)
    engine = pod(values, command)
    group = nodes(values) if several else parallel.nodes(flags)
    ranks = (
        _ranks_of_a_group(values) if several else parallel.ranks(flags, Field(1, ()))
    )
    return ServingSpec(
        values=values,
        facts=facts,
        model=_model(values),
        resources=given,
        gpus=accelerators.gpus(given),
        ranks=ranks,
        # In a group Ray places the ranks, on as many nodes as KServe computes from the GPUs.
        ranks_per_pod=parallel.per_node(ranks, group) if several is False else None,
        nodes=group,
        pods=pods(values),
        storage=Storage(existing_claim=claim(values)),
        shared_memory=Field(True, ("servingRuntime", "shmSize")),
        startup=_startup(values, engine.probes) if own_runtime(values) else None,
        command=command,
        pod=engine,
        autoscaling=autoscaling(values),
        rollout=rollout(values),
        exposures=(Exposure("Route", _ROUTE),)
        if fields.switch(values, *_ROUTE)
        else (),
        authenticated=authenticated(values),
    )


def _ranks_of_a_group(values: Values) -> Ranks | None:
    sizes = {name: fields.whole(values, *path) for name, path in _SIZES.items()}
    degrees = tuple(
        Degree(name, size, _SIZES[name]) for name, size in sizes.items() if size
    )
    return Ranks(degrees) if len(degrees) == len(sizes) else None


def _model(values: Values) -> Model:
    """KServe puts the weights into the pod before the server starts; with Knative that counts as start-up."""
    found = location(values)
    local = on_knative(values) is False or (
        found is not None and found.scheme in _AT_ONCE
    )
    path = ("model", "s3", "path") if from_bucket(values) else URI
    return Model(fields.text(values, *path) or "", path, downloads=False, local=local)


def _startup(values: Values, probes: tuple[Probe, ...] | None) -> Startup | None:
    knative = on_knative(values)
    if over_nodes(values) is not False or knative is None:
        return None
    if not knative:
        return startup(probes)
    parts = re.findall(r"([0-9.]+)(ms|s|m|h)", fields.text(values, *_DEADLINE) or "")
    return (
        Startup(
            int(sum(float(number) * _SECONDS[unit] for number, unit in parts)),
            (_DEADLINE,),
        )
        if parts
        else None
    )
