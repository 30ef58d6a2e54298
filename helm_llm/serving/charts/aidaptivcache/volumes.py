"""The chart aidaptivcache: the volumes of its pod, and which of them hold the model."""

from __future__ import annotations

from helm_llm.serving.read import fields, mounts
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Mount, Volume
from helm_llm.serving.spec.spec import Backend, Storage
from helm_llm.values.layers import Values

SHARED, _SHARED_DIRECTORY = (
    ("initContainer", "enabled"),
    ("initContainer", "sharedDataPath"),
)
_MEMORY, _CLAIM, _NFS = ("volumes", "dshm"), ("volumes", "pvc"), ("volumes", "nfs")
IMAGE = ("modelImage",)

_DIRECTORIES = {
    "shared-data": (SHARED, _SHARED_DIRECTORY, "emptyDir"),
    "dshm": ((*_MEMORY, "enabled"), (), "emptyDir"),
    "pvc-volume": (
        (*_CLAIM, "enabled"),
        (*_CLAIM, "mountPath"),
        "persistentVolumeClaim",
    ),
    "nfs-volume": ((*_NFS, "enabled"), (*_NFS, "mountPath"), "nfs"),
    "model-volume": ((*IMAGE, "enabled"), (*IMAGE, "mountPath"), "image"),
}
"""Volume -> its switch, where it is mounted, its kind; in the order of the chart."""


def volumes(values: Values) -> tuple[Volume, ...] | None:
    """The chart's volumes, then the user's."""
    given = mounts.volumes(values, "extraVolumes")
    if given is None:
        return None
    own = (
        Volume(name, kind, switch)
        for name, (switch, _, kind) in _DIRECTORIES.items()
        if _on(values, switch)
    )
    return (*own, *given)


def volume_mounts(values: Values) -> tuple[Mount, ...] | None:
    """The chart's mounts in the container of the server, then the user's."""
    given = mounts.mounts(values, "extraVolumeMounts")
    own = [
        Mount(name, mounts.bare(place), path or switch)
        for name, (switch, path, _) in _DIRECTORIES.items()
        if _on(values, switch)
        and (place := fields.text(values, *path) if path else "/dev/shm")  # noqa: S108
    ]
    return None if given is None else (*own, *given)


def storage(values: Values) -> Storage:
    """Claim and NFS export are two mounts, and backends of one only where they want the same directory."""
    claim, nfs = (fields.field(values, *path, "mountPath") for path in (_CLAIM, _NFS))
    one = claim and nfs and mounts.bare(claim.value) == mounts.bare(nfs.value)
    backends = [
        Backend(".".join(path), (*path, "enabled"), _on(values, (*path, "enabled")))
        for path in (_CLAIM, _NFS)
    ]
    return Storage(
        backends=tuple(backends) if one else (),
        clash=claim if one else None,
        existing_claim=fields.field(values, *_CLAIM, "claimName")
        if _on(values, (*_CLAIM, "enabled"))
        else None,
    )


def shared_memory(values: Values) -> Field[str] | None:
    """The size limit of the memory at /dev/shm."""
    return (
        fields.field(values, *_MEMORY, "sizeLimit")
        if _on(values, (*_MEMORY, "enabled"))
        else None
    )


def _on(values: Values, switch: tuple[str, ...]) -> bool:
    return fields.switch(values, *switch) is True
