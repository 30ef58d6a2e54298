"""The chart vllm: where its model cache is, and all volumes of its pod."""

from __future__ import annotations

from collections.abc import Mapping

from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields, mounts
from helm_llm.serving.read.claims import claim_size, stated_mode
from helm_llm.serving.read.hub_cache import hub_cache
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Mount, Volume
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Backend, Model, Storage

_PERSISTENT = ("persistence", "enabled")
_DIRECTORY = ("persistence", "mountPath")
_SHARED_MEMORY = ("shm", "enabled")
_CLAIM = "persistentVolumeClaim"
_BACKENDS: Mapping[str, tuple[str, ...]] = {
    _CLAIM: ("persistence", "existingClaim"),
    "hostPath": ("persistence", "hostPath", "path"),
    "nfs": ("persistence", "nfs", "server"),
}
"""Kind -> the value that selects it, by precedence. Without one the chart creates a claim."""


def storage(values: Source, model: Model, command: CommandLine) -> Storage:
    """Where the model cache is."""
    directory = fields.text(values, *_DIRECTORY) or "/"
    home = f"{mounts.bare(directory)}/huggingface"
    cache = hub_cache(command, command.texts, Field(home, _DIRECTORY))
    persistent = fields.switch(values, *_PERSISTENT)
    if persistent is None:
        return Storage()
    if not persistent:
        is_lost = model.downloads and _is_unmounted(values, cache)
        if is_lost:
            return Storage(cache=cache, ephemeral=_PERSISTENT)
        return Storage(cache=cache)
    if _selected(values) is None:
        return Storage(
            backends=_backends(values),
            volume="model-storage",
            shared_claim=fields.field(values, "persistence", "accessMode"),
            stated_mode=stated_mode(values),
            claim_size=claim_size(values, ("persistence",)),
            cache=cache,
        )
    return Storage(
        backends=_backends(values),
        volume="model-storage",
        existing_claim=_if_selected(values, _CLAIM),
        stated_mode=stated_mode(values),
        host_path=_if_selected(values, "hostPath"),
        cache=cache,
    )


def volumes(values: Source) -> tuple[Volume, ...] | None:
    """The chart's volumes, then the user's."""
    given = mounts.volumes(values, "extraVolumes")
    persistent = fields.switch(values, *_PERSISTENT)
    if given is None or persistent is None:
        return None
    # The chart renders one volume in every case, so that the mount stays the same.
    kind = "emptyDir"
    if persistent:
        kind = _selected(values) or _CLAIM
    own = [Volume("model-storage", kind, _volume_path(values))]
    if fields.switch(values, *_SHARED_MEMORY):
        own.append(Volume("dshm", "emptyDir", _SHARED_MEMORY))
    return (*own, *given)


def volume_mounts(values: Source) -> tuple[Mount, ...] | None:
    """The chart's mounts in the container of the server, then the user's."""
    given = mounts.mounts(values, "extraVolumeMounts")
    directory = fields.text(values, *_DIRECTORY)
    if given is None:
        return None
    if not directory:
        return None
    own = [Mount("model-storage", mounts.bare(directory), _DIRECTORY)]
    if fields.switch(values, *_SHARED_MEMORY):
        own.append(Mount("dshm", "/dev/shm", _SHARED_MEMORY))  # noqa: S108
    return (*own, *given)


def _is_unmounted(values: Source, cache: Field[str] | None) -> bool:
    """Whether certainly no volume of the user's contains the cache."""
    own = mounts.mounts(values, "extraVolumeMounts")
    if cache is None or own is None:
        return False
    return mounts.apart(cache.value, own)


def _backends(values: Source) -> tuple[Backend, ...]:
    backends: list[Backend] = []
    for path in _BACKENDS.values():
        # `persistence.nfs`: the name leaves out the last key.
        name = ".".join(path[:2])
        backend = Backend(name, path, _is_given(values, path))
        backends.append(backend)
    return tuple(backends)


def _volume_path(values: Source) -> KeyPath:
    selected = _selected(values)
    if selected:
        return _BACKENDS[selected]
    return _PERSISTENT


def _selected(values: Source) -> str | None:
    """The kind of the first backend that values select."""
    for kind, path in _BACKENDS.items():
        if _is_given(values, path):
            return kind
    return None


def _if_selected(values: Source, kind: str) -> Field[str] | None:
    if _selected(values) != kind:
        return None
    return fields.field(values, *_BACKENDS[kind])


def _is_given(values: Source, path: tuple[str, ...]) -> bool:
    return bool(fields.text(values, *path))
