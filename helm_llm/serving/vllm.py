"""The chart vllm: Values -> ServingSpec."""

from __future__ import annotations

import re

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.layers import Values
from helm_llm.serving import accelerators, arguments, parallel, readers, variables
from helm_llm.serving.image import engine, is_simulator, pull_secrets
from helm_llm.serving.placement import placement
from helm_llm.serving.pod import Pod
from helm_llm.serving.probe import startup
from helm_llm.serving.replicas import replicas
from helm_llm.serving.resources import resources
from helm_llm.serving.spec import Field, Model, Resources, ServingSpec, Startup
from helm_llm.serving.vllm_command import command_line
from helm_llm.serving.vllm_storage import storage, volume_mounts, volumes

_MODEL = ("vllm", "model")
_SHARE = ("kaischeduler",)


def spec(values: Values, facts: Facts = NO_FACTS) -> ServingSpec:
    """What the chart makes of these values."""
    flags = arguments.flags(readers.words(values, "vllm", "additionalArgs"))
    model = _model(values)
    given = _resources(values)
    nodes, pod = parallel.nodes(flags), _pod(values)
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
        startup=_startup(values),
        command=command_line(values, facts),
        pod=pod,
    )


def _resources(values: Values) -> Resources:
    """The GPU may come from a reservation of the scheduler."""
    shared = readers.table(values, *_SHARE)
    return resources(values, ("nvidia.com/gpu",), _SHARE) if shared else resources(values)


def _pod(values: Values) -> Pod:
    image, shared = engine(values), readers.table(values, *_SHARE)
    return Pod(
        images=(image,) if image else None,
        pull_secrets=pull_secrets(values),
        variables=variables.listed(values, "vllm", "env"),
        mounts=volume_mounts(values),
        volumes=volumes(values),
        placement=placement(values, scheduler="kai-scheduler" if shared else ""),
    )


def _shared_memory(pod: Pod) -> Field[bool]:
    mounted = pod.mounts is None or any(mount.at == "/dev/shm" for mount in pod.mounts)  # noqa: S108
    return Field(mounted, ("shm", "enabled"))


def _tensor(values: Values) -> Field[int] | None:
    size = readers.whole(values, "vllm", "tensorParallelSize")
    return None if size is None else Field(size, ("vllm", "tensorParallelSize"))


def _model(values: Values) -> Model:
    name = readers.text(values, *_MODEL) or ""
    on_disk, elsewhere = name.startswith("/"), re.match(r"[a-z0-9]+://", name) is not None
    from_hub = bool(name) and not on_disk and not elsewhere
    before = from_hub and readers.switch(values, "modelDownload", "enabled") is True
    return Model(name, _MODEL, downloads=from_hub and not is_simulator(values), local=on_disk or before)


def _startup(values: Values) -> Startup | None:
    if readers.switch(values, "startupProbe", "enabled") is not True:
        return None
    slow = readers.switch(values, "slowStart", "enabled")
    if slow is False:
        return startup(values, "startupProbe")
    seconds = readers.whole(values, "slowStart", "maxStartupSeconds")
    return Startup(seconds, (("slowStart", "maxStartupSeconds"),)) if slow and seconds is not None else None
