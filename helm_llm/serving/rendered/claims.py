"""The claims that a pod mounts, and what is known of them."""

from __future__ import annotations

from helm_llm import typed
from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields, mounts
from helm_llm.serving.read.mounts import holder
from helm_llm.serving.rendered.workloads import Workload
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import Storage
from helm_llm.values.layers import Values


def storage(objects: Values, workload: Workload, cache: Field[str] | None) -> Storage:
    """The volume that the cache lies on; of a claim that the chart does not make the access mode is unknown."""
    mounted = mounts.mounts(objects, *workload.container, "volumeMounts") or ()
    volume = holder(cache.value, mounted) if cache else None
    path = _volume(objects, workload.pod, volume.volume) if volume else None
    if volume is None or path is None:
        return Storage(cache=cache)
    claim = fields.text(objects, *path, "persistentVolumeClaim", "claimName")
    made: KeyPath = (f"PersistentVolumeClaim {claim}", "spec")
    return Storage(
        volume=volume.volume,
        shared_claim=_only_mode(objects, made),
        claim_size=fields.claim_size(
            objects, made, ("resources", "requests", "storage"), "storageClassName"
        ),
        host_path=fields.field(objects, *path, "hostPath", "path"),
        cache=cache,
    )


def _volume(objects: Values, pod: KeyPath, name: str) -> tuple[str | int, ...] | None:
    names = [
        typed.text(one, "name") for one in typed.sequence(objects.tree, *pod, "volumes")
    ]
    return (*pod, "volumes", names.index(name)) if name in names else None


def _only_mode(objects: Values, claim: KeyPath) -> Field[str] | None:
    """A claim with several modes may be mounted in each of them."""
    modes = typed.sequence(objects.tree, *claim, "accessModes")
    return fields.field(objects, *claim, "accessModes", 0) if len(modes) == 1 else None
