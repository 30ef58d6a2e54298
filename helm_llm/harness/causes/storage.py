"""Volumes and the pod's sandbox: what the kubelet needs before it starts a container."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from helm_llm.harness.causes.statuses import passes
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of
from helm_llm.harness.result import Diagnosis
from helm_llm.typed import text

Object = Mapping[str, Any]

_MOUNTS: tuple[tuple[str, str, str, str, str | None], ...] = (
    (
        "secret-missing",
        r'(?P<kind>secret|configmap) "(?P<name>[^"]+)" not found',
        "pod {pod} mounts {kind} {name}, which is not there",
        "create it in the release's namespace, or correct its name in the values",
        None,
    ),
    (
        "secret-key-missing",
        r"references non-existent (?P<kind>secret|config) key: (?P<name>\S+)",
        "pod {pod} mounts the key {name} of a {kind}, which has no such key",
        "add the key, or correct it in the values",
        None,
    ),
    (
        "volume-held-elsewhere",
        r"Multi-Attach error for volume",
        "the volume of pod {pod} is attached to another node, and it can be on one node only",
        "use a ReadWriteMany claim, or one replica and strategy Recreate",
        "read-write-once-claim-shared",
    ),
    (
        "host-path-missing",
        r"hostPath type check failed: (?P<path>\S+) is not a directory",
        "the node of pod {pod} has no directory {path}",
        "create it on the node, or set the type to DirectoryOrCreate",
        None,
    ),
    (
        "nfs-unreachable",
        r"mount\.nfs\S*: (?P<why>[^\n]+)",
        "the node of pod {pod} cannot mount the NFS export: {why}",
        "check server, path and the node's NFS client",
        None,
    ),
)


def claim_unbound(evidence: Evidence) -> Iterator[Diagnosis]:
    """A claim is Pending for a reason other than that no pod uses it yet."""
    for claim in evidence.claims:
        if text(claim, "status", "phase") == "Bound":
            continue
        name, storage_class = name_of(claim), text(claim, "spec", "storageClassName")
        for message in evidence.events_of(claim, "ProvisioningFailed", "FailedBinding"):
            if "storageclass" in message and "not found" in message:
                yield Diagnosis(
                    "storage-class-missing",
                    f"claim {name} asks for storage class {storage_class}, which the cluster does not have",
                    (message,),
                    "`kubectl get storageclass` lists what there is",
                )
            elif "no storage class is set" in message:
                yield Diagnosis(
                    "claim-unbound",
                    f"claim {name} names no storage class and no free volume fits it",
                    (message,),
                    "name a storage class, mark one as the default, or create a volume",
                )
            else:
                yield Diagnosis(
                    "claim-unbound",
                    f"claim {name} gets no volume",
                    (message,),
                    final=False,
                )


def mount_failed(evidence: Evidence) -> Iterator[Diagnosis]:
    """The kubelet cannot mount a volume of a pod that is still being created."""
    for pod in evidence.pods:
        if text(pod, "status", "phase") != "Pending":
            continue
        messages = list(
            evidence.last_of(pod, ("FailedMount", "FailedAttachVolume"), _MOUNTED)
        )
        yield from (found for message in messages for found in _mounts(pod, message))
        for message in messages:
            if "kube-root-ca" not in message and not passes(message):
                sentence = f"a volume of pod {name_of(pod)} cannot be mounted"
                yield Diagnosis("mount-failed", sentence, (message,), settled=False)


_MOUNTED = "Pulling", "Pulled", "Created", "Started"
"""What the kubelet does with a pod once its volumes are mounted."""


def _mounts(pod: Object, message: str) -> Iterator[Diagnosis]:
    for cause, pattern, sentence, cure, rule in _MOUNTS:
        if match := re.search(pattern, message):
            said = sentence.format(pod=name_of(pod), **match.groupdict())
            # a volume is let go of minutes after its last pod, and a server may come back
            settled = cause not in ("volume-held-elsewhere", "nfs-unreachable")
            yield Diagnosis(cause, said, (message,), cure, rule, settled=settled)


def sandbox_failed(evidence: Evidence) -> Iterator[Diagnosis]:
    """The container runtime cannot make the pod."""
    for pod in evidence.pods:
        if text(pod, "status", "phase") != "Pending":
            continue
        for message in evidence.last_of(pod, ("FailedCreatePodSandBox",), _MOUNTED):
            if handler := re.search(r'no runtime for "([^"]+)" is configured', message):
                yield Diagnosis(
                    "runtime-missing",
                    f"the node's container runtime has no handler {handler[1]}, which the pod's RuntimeClass names",
                    (message,),
                    "install the NVIDIA container toolkit on the node, or leave runtimeClassName empty",
                )
            yield Diagnosis(
                "sandbox-failed",
                f"the node cannot make pod {name_of(pod)}",
                (message,),
                None,
                final=False,
            )
