"""The chart vllm: where its model cache lives, and all the volumes of its pod."""

from __future__ import annotations

from collections.abc import Mapping

from helm_llm.serving.read import fields, mounts
from helm_llm.serving.read.hub_cache import hub_cache
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Mount, Volume
from helm_llm.serving.spec.spec import Backend, Model, Storage
from helm_llm.values.layers import Values

_ON = ("persistence", "enabled")
_PLACE = ("persistence", "mountPath")
_BACKENDS = {
    "persistentVolumeClaim": ("persistence", "existingClaim"),
    "hostPath": ("persistence", "hostPath", "path"),
    "nfs": ("persistence", "nfs", "server"),
}
"""By precedence; the chart makes a claim where none of them is given."""


def storage(values: Values, model: Model, flags: Mapping[str, Field[str]]) -> Storage:
    """Where the model cache lives."""
    home = Field(
        f"{mounts.bare(fields.text(values, *_PLACE) or '/')}/huggingface", _PLACE
    )
    cache = hub_cache(flags, fields.environment(values, "vllm", "env"), home)
    persistent = fields.switch(values, *_ON)
    if persistent is None:
        return Storage()
    if not persistent:
        own = mounts.mounts(values, "extraVolumeMounts")
        alone = (
            model.downloads
            and cache
            and own is not None
            and mounts.apart(cache.value, own)
        )
        return Storage(cache=cache, ephemeral=_ON if alone else None)
    used = _used(values)
    return Storage(
        backends=tuple(
            Backend(".".join(path[:2]), path, _given(values, path))
            for path in _BACKENDS.values()
        ),
        volume="model-storage",
        shared_claim=None
        if used
        else fields.field(values, "persistence", "accessMode"),
        existing_claim=fields.field(values, *_BACKENDS[used])
        if used == "persistentVolumeClaim"
        else None,
        stated_mode=fields.stated_mode(values),
        claim_size=None if used else fields.claim_size(values, ("persistence",)),
        host_path=fields.field(values, *_BACKENDS[used])
        if used == "hostPath"
        else None,
        cache=cache,
    )


def volumes(values: Values) -> tuple[Volume, ...] | None:
    """The chart's volumes, then the user's."""
    given, persistent = (
        mounts.volumes(values, "extraVolumes"),
        fields.switch(values, *_ON),
    )
    if given is None or persistent is None:
        return None
    used = _used(values) or "persistentVolumeClaim"
    own = [
        Volume(
            "model-storage",
            used if persistent else "emptyDir",
            _BACKENDS[used] if _used(values) else _ON,
        )
    ]
    if fields.switch(values, "shm", "enabled"):
        own.append(Volume("dshm", "emptyDir", ("shm", "enabled")))
    return (*own, *given)


def volume_mounts(values: Values) -> tuple[Mount, ...] | None:
    """The chart's mounts in the container of the server, then the user's."""
    given, place = (
        mounts.mounts(values, "extraVolumeMounts"),
        fields.text(values, *_PLACE),
    )
    if given is None or not place:
        return None
    own = [Mount("model-storage", mounts.bare(place), _PLACE)]
    if fields.switch(values, "shm", "enabled"):
        own.append(Mount("dshm", "/dev/shm", ("shm", "enabled")))  # noqa: S108
    return (*own, *given)


def _used(values: Values) -> str | None:
    """The kind of the first backend that is given."""
    return next(
        (kind for kind, path in _BACKENDS.items() if _given(values, path)), None
    )


def _given(values: Values, path: tuple[str, ...]) -> bool:
    return bool(fields.text(values, *path))
