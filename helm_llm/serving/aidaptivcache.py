"""The chart aidaptivcache: Values -> ServingSpec."""

from __future__ import annotations

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.layers import Values
from helm_llm.serving import accelerators, arguments, parallel, readers
from helm_llm.serving.aidaptiv_command import command_line, setting
from helm_llm.serving.aidaptiv_pod import pod
from helm_llm.serving.aidaptiv_volumes import storage
from helm_llm.serving.api_key import api_key
from helm_llm.serving.exposure import exposures
from helm_llm.serving.image import is_simulator
from helm_llm.serving.pod import Pod
from helm_llm.serving.probe import startup
from helm_llm.serving.resources import resources
from helm_llm.serving.scaling import rollout
from helm_llm.serving.spec import Field, Model, ServingSpec, Startup

_REPLICAS, _WAITING = ("deployment", "replicas"), ("vllm", "waiting")


def spec(values: Values, facts: Facts = NO_FACTS) -> ServingSpec:
    """What the chart makes of these values."""
    flags = arguments.flags(readers.words(values, "vllm", "extraArgs"))
    given, nodes, command = resources(values), parallel.nodes(flags), command_line(values, facts)
    ranks = parallel.ranks(flags, readers.number(values, *setting(values, "tensorParallelSize").path))
    engine = pod(values, command)
    at_shm = engine.mounts is None or any(mount.at == "/dev/shm" for mount in engine.mounts)  # noqa: S108
    return ServingSpec(
        values=values,
        facts=facts,
        model=_model(values),
        resources=given,
        gpus=accelerators.gpus(given),
        ranks=ranks,
        ranks_per_pod=parallel.per_node(ranks, nodes),
        nodes=nodes,
        pods=readers.number(values, *_REPLICAS),
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
    return Model(name, given.path, downloads=from_hub and not is_simulator(values), local=name.startswith("/"))


def _startup(values: Values, pod: Pod) -> Startup | None:
    """Waiting comes out of the budget of the probe."""
    found = startup(pod.probes)
    waiting = readers.whole(values, *_WAITING, default=0)
    if found is None or waiting is None:
        return None
    return Startup(found.seconds - waiting, (*found.knobs, *((_WAITING,) if waiting else ())))
