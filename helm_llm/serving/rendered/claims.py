"""The claims that a rendered pod mounts."""

from __future__ import annotations

from helm_llm import typed
from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields, mounts
from helm_llm.serving.read.claims import claim_size
from helm_llm.serving.rendered.workloads import Workload
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Storage

_SIZE = ("resources", "requests", "storage")


def storage(objects: Source, workload: Workload, cache: Field[str] | None) -> Storage:
    """The volume of the cache.

    The access mode is unknown if the chart does not render the claim.
    """
    if cache is None:
        return Storage()
    mounted = mounts.mounts(objects, *workload.container, "volumeMounts") or ()
    mount = mounts.holder(cache.value, mounted)
    if mount is None:
        return Storage(cache=cache)
    path = _volume_path(objects, workload.pod, mount.volume)
    if path is None:
        return Storage(cache=cache)
    name = fields.text(objects, *path, "persistentVolumeClaim", "claimName")
    claim: KeyPath = (f"PersistentVolumeClaim {name}", "spec")
    return Storage(
        volume=mount.volume,
        shared_claim=_only_mode(objects, claim),
        claim_size=claim_size(objects, claim, _SIZE, "storageClassName"),
        host_path=fields.field(objects, *path, "hostPath", "path"),
        cache=cache,
    )


def _volume_path(objects: Source, pod: KeyPath, name: str) -> KeyPath | None:
    volumes = typed.sequence(objects.tree, *pod, "volumes")
    for index, volume in enumerate(volumes):
        if typed.text(volume, "name") == name:
            return (*pod, "volumes", index)
    return None


def _only_mode(objects: Source, claim: KeyPath) -> Field[str] | None:
    """The access mode of a claim; pods may use any of several."""
    modes = typed.sequence(objects.tree, *claim, "accessModes")
    if len(modes) != 1:
        return None
    return fields.field(objects, *claim, "accessModes", 0)
