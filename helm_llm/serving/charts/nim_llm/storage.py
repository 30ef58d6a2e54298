"""The chart nim-llm: where its model cache is, and the volumes of a serving pod.

SSH keys and start scripts, which only a group of nodes mounts, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from helm_llm.serving.charts.nim_llm.nodes import Topology
from helm_llm.serving.read import fields, mounts
from helm_llm.serving.read.claims import claim_size, stated_mode
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Mount, Volume
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Backend, Model, Storage

Variables = Mapping[str, Field[str] | None]

_KINDS = {"persistence": "persistentVolumeClaim", "hostPath": "hostPath", "nfs": "nfs"}
"""The backends by precedence."""
_CACHE = ("model", "nimCache")
_ADAPTERS = ("lora", "repositories")
_ADAPTER_SOURCE = ("lora", "source")
_CERTIFICATES = ("proxyCA", "enabled")


def storage(
    values: Source, model: Model, variables: Variables, kind: Topology | None
) -> Storage:
    """Where the model cache is."""
    backends = _backends(values)
    if backends is None:
        return Storage()
    found = Storage(
        backends=backends,
        volume="model-store",
        stated_mode=stated_mode(values),
        cache=_cache(values, variables),
    )
    used = _used(values)
    if used == "hostPath":
        return replace(found, host_path=fields.field(values, "hostPath", "path"))
    if used == "persistence":
        return _with_claim(values, found, kind)
    if used is None and model.downloads and _is_unmounted(values, found.cache):
        return replace(found, ephemeral=("persistence", "enabled"))
    return found


def _with_claim(values: Source, storage: Storage, kind: Topology | None) -> Storage:
    name = fields.text(values, "persistence", "existingClaim")
    if name != "":
        existing = fields.field(values, "persistence", "existingClaim")
        return replace(storage, existing_claim=existing)
    return replace(
        storage,
        shared_claim=_shared_claim(values, kind),
        claim_size=claim_size(values, ("persistence",)),
    )


def volumes(values: Source) -> tuple[Volume, ...] | None:
    """The chart's volumes, then the user's."""
    given = mounts.volumes(values, "extraVolumes")
    if given is None:
        return None
    return (*_own_volumes(values), *given)


def _own_volumes(values: Source) -> Iterator[Volume]:
    yield Volume("dshm", "emptyDir", ("sharedMemory",))
    yield Volume("scripts-volume", "configMap", ())
    # The chart renders the volume in every case; without a backend it is temporary.
    used = _used(values)
    if used:
        yield Volume("model-store", _KINDS[used], (used, "enabled"))
    else:
        yield Volume("model-store", "emptyDir", ("persistence", "enabled"))
    if fields.switch(values, *_CERTIFICATES):
        yield Volume("proxy-ca", "secret", _CERTIFICATES)
    if values.get(*_ADAPTERS):
        yield Volume("lora", "emptyDir", _ADAPTERS)
        yield Volume("lora-tmp", "emptyDir", _ADAPTERS)


def volume_mounts(values: Source, variables: Variables) -> tuple[Mount, ...] | None:
    """The chart's mounts in the container of the NIM, then the user's."""
    given = mounts.mounts(values, "extraVolumeMounts")
    cache = fields.text(values, *_CACHE)
    if given is None:
        return None
    if not cache:
        return None
    return (
        Mount("dshm", "/dev/shm", ("sharedMemory",)),  # noqa: S108
        Mount("scripts-volume", "/scripts", ()),
        Mount("model-store", mounts.bare(cache), _CACHE),
        *_optional_mounts(values, variables),
        *given,
    )


def _optional_mounts(values: Source, variables: Variables) -> Iterator[Mount]:
    if fields.switch(values, *_CERTIFICATES):
        yield Mount("proxy-ca", "/opt/nim/proxy-ca", _CERTIFICATES)
    # The variable in the user's list overrides the chart's own.
    adapters = variables.get("NIM_PEFT_SOURCE")
    if adapters is None:
        adapters = fields.text_field(values, *_ADAPTER_SOURCE)
    if values.get(*_ADAPTERS) and adapters.value:
        yield Mount("lora", mounts.bare(adapters.value), adapters.path)


def _backends(values: Source) -> tuple[Backend, ...] | None:
    found: list[Backend] = []
    for name in _KINDS:
        enabled = fields.switch(values, name, "enabled")
        if enabled is None:
            return None
        found.append(Backend(name, (name, "enabled"), enabled))
    return tuple(found)


def _used(values: Source) -> str | None:
    """The first backend that is enabled."""
    for name in _KINDS:
        if fields.switch(values, name, "enabled"):
            return name
    return None


def _is_unmounted(values: Source, cache: Field[str] | None) -> bool:
    """Whether certainly no volume of the user's contains the cache."""
    own = mounts.mounts(values, "extraVolumeMounts")
    if cache is None or own is None:
        return False
    return mounts.apart(cache.value, own)


def _cache(values: Source, variables: Variables) -> Field[str] | None:
    default = fields.text_field(values, *_CACHE)
    cache = variables.get("NIM_CACHE_PATH", default)
    if cache is None:
        return None
    if not cache.value.startswith("/"):
        return None
    # Only kubelet knows what a reference to a variable means.
    if "$(" in cache.value:
        return None
    return cache


def _shared_claim(values: Source, kind: Topology | None) -> Field[str] | None:
    """The access mode of the chart's claim, unless each replica has its own claim."""
    mode = fields.field(values, "persistence", "accessMode")
    if mode is None or kind is None:
        return None
    stateful = fields.switch(values, "statefulSet", "enabled") is not False
    per_replica = kind == "single node" and stateful
    # A StatefulSet gets a claim template, except for a volume that all can share.
    if per_replica and mode.value != "ReadWriteMany":
        return None
    return mode
