"""The chart aidaptivcache: Values -> ServingSpec."""

from __future__ import annotations

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.serving.charts.aidaptivcache.command import command_line, setting
from helm_llm.serving.charts.aidaptivcache.pod import pod
from helm_llm.serving.charts.aidaptivcache.volumes import storage
from helm_llm.serving.read import accelerators, arguments, fields, parallel
from helm_llm.serving.read.api_key import api_key
from helm_llm.serving.read.exposure import exposures
from helm_llm.serving.read.image import is_simulator
from helm_llm.serving.read.probes import startup
from helm_llm.serving.read.resources import resources
from helm_llm.serving.read.scaling import rollout
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Pod
from helm_llm.serving.spec.spec import Model, ServingSpec, Startup
from helm_llm.values.layers import Values

_REPLICAS, _WAITING = ("deployment", "replicas"), ("vllm", "waiting")


def spec(values: Values, facts: Facts = NO_FACTS) -> ServingSpec:
    """What the chart makes of these values."""
    flags = arguments.flags(fields.words(values, "vllm", "extraArgs"))
    given, nodes, command = (
        resources(values),
        parallel.nodes(flags),
        command_line(values, facts),
    )
    ranks = parallel.ranks(
        flags, fields.number(values, *setting(values, "tensorParallelSize").path)
    )
    engine = pod(values, command)
    at_shm = engine.mounts is None or any(
        mount.at == "/dev/shm"  # noqa: S108
        for mount in engine.mounts
    )
    return ServingSpec(
        values=values,
        facts=facts,
        model=_model(values),
        resources=given,
        gpus=accelerators.gpus(given),
        ranks=ranks,
        ranks_per_pod=parallel.per_node(ranks, nodes),
        nodes=nodes,
        pods=fields.number(values, *_REPLICAS),
        storage=storage(values),
        shared_memory=Field(at_shm, ("volumes", "dshm", "enabled")),
        startup=_startup(values, engine),
        command=command,
        pod=engine,
        rollout=rollout(values, "deployment", "strategy"),
        exposures=tuple(exposures(values)),
        authenticated=api_key(command, engine) is not None,
    )


def _model(values: Values) -> Model:
    """A directory, or a repository of the Hub, which Phison's server may download."""
    given = setting(values, "model")
    name = given.value if isinstance(given.value, str) else ""
    from_hub = bool(name) and not name.startswith("/") and "://" not in name
    return Model(
        name,
        given.path,
        downloads=from_hub and not is_simulator(values),
        local=name.startswith("/"),
    )


def _startup(values: Values, pod: Pod) -> Startup | None:
    """Waiting comes out of the budget of the probe."""
    found = startup(pod.probes)
    waiting = fields.whole(values, *_WAITING, default=0)
    if found is None or waiting is None:
        return None
    return Startup(
        found.seconds - waiting, (*found.knobs, *((_WAITING,) if waiting else ()))
    )
