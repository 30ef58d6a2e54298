"""The chart nim-llm: where its model cache lives, and the volumes of a pod that serves.

What only a group of nodes has, SSH keys and start scripts, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helm_llm.serving.read import fields, mounts
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Mount, Volume
from helm_llm.serving.spec.spec import Backend, Model, Storage
from helm_llm.values.layers import Values

_KINDS = {"persistence": "persistentVolumeClaim", "hostPath": "hostPath", "nfs": "nfs"}
"""The backends by precedence."""
_CACHE = ("model", "nimCache")

Variables = Mapping[str, Field[str] | None]


def storage(
    values: Values, model: Model, variables: Variables, *, multi_node: bool | None
) -> Storage:
    """Where the model cache lives."""
    switches = {name: fields.switch(values, name, "enabled") for name in _KINDS}
    if None in switches.values():
        return Storage()
    used, existing = _used(values), fields.text(values, "persistence", "existingClaim")
    cache, own = _cache(values, variables), mounts.mounts(values, "extraVolumeMounts")
    alone = (
        model.downloads and cache and own is not None and mounts.apart(cache.value, own)
    )
    made = used == "persistence" and existing == ""
    return Storage(
        backends=tuple(
            Backend(name, (name, "enabled"), bool(on)) for name, on in switches.items()
        ),
        volume="model-store",
        shared_claim=_shared_claim(values, multi_node=multi_node) if made else None,
        existing_claim=fields.field(values, "persistence", "existingClaim")
        if used == "persistence"
        else None,
        stated_mode=fields.stated_mode(values),
        claim_size=fields.claim_size(values, ("persistence",)) if made else None,
        host_path=fields.field(values, "hostPath", "path")
        if used == "hostPath"
        else None,
        cache=cache,
        ephemeral=("persistence", "enabled") if alone and not used else None,
    )


def volumes(values: Values) -> tuple[Volume, ...] | None:
    """The chart's volumes, then the user's."""
    given, used = mounts.volumes(values, "extraVolumes"), _used(values)
    if given is None:
        return None
    own = [
        Volume("dshm", "emptyDir", ("sharedMemory",)),
        Volume("scripts-volume", "configMap", ()),
    ]
    own.append(
        Volume(
            "model-store",
            _KINDS[used] if used else "emptyDir",
            (used or "persistence", "enabled"),
        )
    )
    if fields.switch(values, "proxyCA", "enabled"):
        own.append(Volume("proxy-ca", "secret", ("proxyCA", "enabled")))
    if values.get("lora", "repositories"):
        own += [
            Volume(name, "emptyDir", ("lora", "repositories"))
            for name in ("lora", "lora-tmp")
        ]
    return (*own, *given)


def volume_mounts(values: Values, variables: Variables) -> tuple[Mount, ...] | None:
    """The chart's mounts in the container of the NIM, then the user's."""
    given, cache = (
        mounts.mounts(values, "extraVolumeMounts"),
        fields.text(values, *_CACHE),
    )
    if given is None or not cache:
        return None
    fixed = (
        Mount("dshm", "/dev/shm", ("sharedMemory",)),  # noqa: S108
        Mount("scripts-volume", "/scripts", ()),
    )
    return (
        *fixed,
        Mount("model-store", mounts.bare(cache), _CACHE),
        *_switched(values, variables),
        *given,
    )


def _switched(values: Values, variables: Variables) -> Iterator[Mount]:
    if fields.switch(values, "proxyCA", "enabled"):
        yield Mount("proxy-ca", "/opt/nim/proxy-ca", ("proxyCA", "enabled"))
    default = Field(fields.text(values, "lora", "source") or "", ("lora", "source"))
    adapters = variables.get("NIM_PEFT_SOURCE") or default
    if values.get("lora", "repositories") and adapters.value:
        yield Mount("lora", mounts.bare(adapters.value), adapters.path)


def _used(values: Values) -> str | None:
    """The first backend that is on."""
    return next(
        (name for name in _KINDS if fields.switch(values, name, "enabled")), None
    )


def _cache(values: Values, variables: Variables) -> Field[str] | None:
    place = variables.get(
        "NIM_CACHE_PATH", Field(fields.text(values, *_CACHE) or "", _CACHE)
    )
    return (
        place
        if place and place.value.startswith("/") and "$(" not in place.value
        else None
    )


def _shared_claim(values: Values, *, multi_node: bool | None) -> Field[str] | None:
    mode = fields.field(values, "persistence", "accessMode")
    per_replica = (
        multi_node is False
        and fields.switch(values, "statefulSet", "enabled") is not False
    )
    if (
        not mode
        or multi_node is None
        or (per_replica and mode.value != "ReadWriteMany")
    ):
        return None
    return mode
