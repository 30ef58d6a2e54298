"""The chart aidaptivcache: the volumes of its pod, and which of them hold the model."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.serving.read import fields, mounts
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Mount, Volume
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Backend, Storage

SHARED = ("initContainer", "enabled")
IMAGE = ("modelImage",)
_MEMORY = ("volumes", "dshm")
_CLAIM = ("volumes", "pvc")
_NFS = ("volumes", "nfs")

_VOLUMES = {
    "shared-data": (SHARED, "emptyDir"),
    "dshm": ((*_MEMORY, "enabled"), "emptyDir"),
    "pvc-volume": ((*_CLAIM, "enabled"), "persistentVolumeClaim"),
    "nfs-volume": ((*_NFS, "enabled"), "nfs"),
    "model-volume": ((*IMAGE, "enabled"), "image"),
}
"""Volume -> its switch and kind, in the order of the chart."""
_DIRECTORIES = {
    "shared-data": ("initContainer", "sharedDataPath"),
    "pvc-volume": (*_CLAIM, "mountPath"),
    "nfs-volume": (*_NFS, "mountPath"),
    "model-volume": (*IMAGE, "mountPath"),
}
"""Volume -> the value of its directory. Shared memory has a fixed one."""


def volumes(values: Source) -> tuple[Volume, ...] | None:
    """The chart's volumes, then the user's."""
    given = mounts.volumes(values, "extraVolumes")
    if given is None:
        return None
    return (*_own_volumes(values), *given)


def _own_volumes(values: Source) -> Iterator[Volume]:
    for name, (switch, kind) in _VOLUMES.items():
        if fields.is_on(values, *switch):
            yield Volume(name, kind, switch)


def volume_mounts(values: Source) -> tuple[Mount, ...] | None:
    """The chart's mounts in the container of the server, then the user's."""
    given = mounts.mounts(values, "extraVolumeMounts")
    if given is None:
        return None
    return (*_own_mounts(values), *given)


def _own_mounts(values: Source) -> Iterator[Mount]:
    for volume in _own_volumes(values):
        name = volume.name
        if name == "dshm":
            yield Mount(name, "/dev/shm", volume.path)  # noqa: S108
            continue
        directory = fields.field(values, *_DIRECTORIES[name])
        if directory:
            at = mounts.bare(directory.value)
            yield Mount(name, at, directory.path)


def storage(values: Source) -> Storage:
    """The claim and the NFS export: two mounts, which must not have one directory."""
    existing = None
    if fields.is_on(values, *_CLAIM, "enabled"):
        existing = fields.field(values, *_CLAIM, "claimName")
    clash = _shared_directory(values)
    if clash is None:
        return Storage(existing_claim=existing)
    backends = (_backend(values, _CLAIM), _backend(values, _NFS))
    return Storage(backends=backends, clash=clash, existing_claim=existing)


def _shared_directory(values: Source) -> Field[str] | None:
    """The directory of the claim, if it is that of the NFS export too."""
    claim = fields.field(values, *_CLAIM, "mountPath")
    nfs = fields.field(values, *_NFS, "mountPath")
    if not claim or not nfs:
        return None
    # The API server refuses a container that mounts two volumes at one path.
    if mounts.bare(claim.value) != mounts.bare(nfs.value):
        return None
    return claim


def _backend(values: Source, path: tuple[str, ...]) -> Backend:
    name = ".".join(path)
    switch = (*path, "enabled")
    is_chosen = fields.is_on(values, *switch)
    return Backend(name, switch, is_chosen)


def shared_memory(values: Source) -> Field[str] | None:
    """The size limit of the memory at /dev/shm."""
    if not fields.is_on(values, *_MEMORY, "enabled"):
        return None
    return fields.field(values, *_MEMORY, "sizeLimit")
