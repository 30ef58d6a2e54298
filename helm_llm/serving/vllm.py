"""The chart vllm: Values -> ServingSpec."""

from __future__ import annotations

import re
from collections.abc import Mapping

from helm_llm.facts import NO_FACTS, Facts
from helm_llm.layers import Values
from helm_llm.serving import accelerators, arguments, parallel, readers
from helm_llm.serving.image import is_simulator
from helm_llm.serving.mounts import apart
from helm_llm.serving.probe import startup
from helm_llm.serving.replicas import replicas
from helm_llm.serving.resources import resources
from helm_llm.serving.spec import Backend, Field, Model, ServingSpec, Startup, Storage
from helm_llm.serving.vllm_command import command_line

_MODEL = ("vllm", "model")
_PERSISTENCE = ("persistence", "enabled")
_BACKENDS = (("existingClaim",), ("hostPath", "path"), ("nfs", "server"))
_CACHE_VARIABLES = ("HF_HOME", "HF_HUB_CACHE", "TRANSFORMERS_CACHE")


def spec(values: Values, facts: Facts = NO_FACTS) -> ServingSpec:
    """What the chart makes of these values."""
    flags = arguments.flags(readers.words(values, "vllm", "additionalArgs"))
    model = _model(values)
    # The GPU then comes from a reservation of the scheduler.
    shared_gpu = ("nvidia.com/gpu",) if readers.table(values, "kaischeduler") else ()
    given = resources(values, without=shared_gpu)
    nodes = parallel.nodes(flags)
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
        storage=_storage(values, model, flags),
        shared_memory=_shared_memory(values),
        startup=_startup(values),
        command=command_line(values),
    )


def _tensor(values: Values) -> Field[int] | None:
    size = readers.whole(values, "vllm", "tensorParallelSize")
    return None if size is None else Field(size, ("vllm", "tensorParallelSize"))


def _model(values: Values) -> Model:
    name = readers.text(values, *_MODEL) or ""
    on_disk, elsewhere = name.startswith("/"), re.match(r"[a-z0-9]+://", name) is not None
    from_hub = bool(name) and not on_disk and not elsewhere
    before = from_hub and readers.switch(values, "modelDownload", "enabled") is True
    return Model(name, _MODEL, downloads=from_hub and not is_simulator(values), local=on_disk or before)


def _storage(values: Values, model: Model, flags: Mapping[str, Field[str]]) -> Storage:
    persistent = readers.switch(values, *_PERSISTENCE)
    if persistent is None:
        return Storage()
    if not persistent:
        return Storage(ephemeral=_PERSISTENCE if model.downloads and _cached_in_the_pod(values, flags) else None)
    backends = tuple(_backend(values, keys) for keys in _BACKENDS)
    mode = readers.text(values, "persistence", "accessMode")
    own_claim = mode is not None and not any(backend.chosen for backend in backends)
    return Storage(backends, Field(mode, ("persistence", "accessMode")) if mode and own_claim else None)


def _backend(values: Values, keys: tuple[str, ...]) -> Backend:
    path = ("persistence", *keys)
    return Backend(".".join(path[:2]), path, bool(readers.text(values, *path)))


def _cached_in_the_pod(values: Values, flags: Mapping[str, Field[str]]) -> bool:
    variables = readers.environment(values, "vllm", "env")
    moved = [variables[name] for name in _CACHE_VARIABLES if name in variables]
    moved += [flags["--download-dir"]] if "--download-dir" in flags else []
    caches = [readers.text(values, "persistence", "mountPath"), *(field.value if field else None for field in moved)]
    return apart(caches, readers.mounts(values, "extraVolumeMounts"))


def _shared_memory(values: Values) -> Field[bool]:
    off = readers.switch(values, "shm", "enabled") is False
    return Field(not off or "/dev/shm" in readers.mounts(values, "extraVolumeMounts"), ("shm", "enabled"))  # noqa: S108


def _startup(values: Values) -> Startup | None:
    if readers.switch(values, "startupProbe", "enabled") is not True:
        return None
    slow = readers.switch(values, "slowStart", "enabled")
    if slow is False:
        return startup(values, "startupProbe")
    seconds = readers.whole(values, "slowStart", "maxStartupSeconds")
    return Startup(seconds, (("slowStart", "maxStartupSeconds"),)) if slow and seconds is not None else None
