"""The chart aidaptivcache: Values -> ServingSpec."""

from __future__ import annotations

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.serving.charts.aidaptivcache.command import command_line, setting
from helm_llm.serving.charts.aidaptivcache.pod import pod as pod_of
from helm_llm.serving.charts.aidaptivcache.volumes import storage
from helm_llm.serving.read import accelerators, fields, parallel
from helm_llm.serving.read.api_key import api_key
from helm_llm.serving.read.exposure import exposures
from helm_llm.serving.read.image import is_simulator
from helm_llm.serving.read.probes import startup
from helm_llm.serving.read.resources import resources
from helm_llm.serving.read.scaling import rollout
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Pod
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Model, ServingSpec, Startup

_REPLICAS, _WAITING = ("deployment", "replicas"), ("vllm", "waiting")


def spec(values: Source, facts: Facts = NO_FACTS) -> ServingSpec:
    """The server that the chart renders with these values."""
    command = command_line(values, facts)
    pod = pod_of(values, command)
    limits = resources(values)
    nodes = parallel.nodes(command)
    tensor = setting(values, "tensorParallelSize").path
    ranks = parallel.ranks(command, fields.number(values, *tensor), tensor)
    return ServingSpec(
        values=values,
        facts=facts,
        model=_model(values),
        resources=limits,
        gpus=accelerators.gpus(limits),
        ranks=ranks,
        ranks_per_pod=parallel.per_node(ranks, nodes),
        nodes=nodes,
        pods=fields.number(values, *_REPLICAS),
        storage=storage(values),
        shared_memory=Field(pod.has_shared_memory, ("volumes", "dshm", "enabled")),
        startup=_startup(values, pod),
        command=command,
        pod=pod,
        rollout=rollout(values, "deployment", "strategy"),
        exposures=tuple(exposures(values)),
        authenticated=api_key(command, pod) is not None,
    )


def _model(values: Source) -> Model:
    """A directory, or a repository of the Hub that Phison's server may download."""
    given = setting(values, "model")
    name = given.value if isinstance(given.value, str) else ""
    is_path = name.startswith("/")
    from_hub = bool(name) and not is_path and "://" not in name
    return Model(
        name,
        given.path,
        downloads=from_hub and not is_simulator(values),
        local=is_path,
    )


def _startup(values: Source, pod: Pod) -> Startup | None:
    found = startup(pod.probes)
    waiting = fields.whole(values, *_WAITING, default=0)
    if found is None or waiting is None:
        return None
    if not waiting:
        return found
    # The server's script waits first, while the startup probe already runs.
    return Startup(found.seconds - waiting, (*found.knobs, _WAITING))
