"""Volumes and sandboxes: what the kubelet needs before it starts a container."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from helm_llm.harness.causes.patterns import Pattern, find_known
from helm_llm.harness.causes.statuses import is_transient
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of
from helm_llm.harness.result import Diagnosis
from helm_llm.typed import Object, text

PATTERNS = (
    Pattern(
        "secret-missing",
        r'(?P<kind>secret|configmap) "(?P<name>[^"]+)" not found',
        "pod {pod} mounts {kind} {name}, which does not exist",
        "create it in the release's namespace, or correct its name in the values",
    ),
    Pattern(
        "secret-key-missing",
        r"references non-existent (?P<kind>secret|config) key: (?P<name>\S+)",
        "pod {pod} mounts the key {name} of a {kind} that has no such key",
        "add the key, or correct it in the values",
    ),
    Pattern(
        "volume-held-elsewhere",
        r"Multi-Attach error for volume",
        "the volume of pod {pod} is attached to another node, but only one node at a time can use it",
        "use a ReadWriteMany claim, or one replica and strategy Recreate",
        "read-write-once-claim-shared",
    ),
    Pattern(
        "host-path-missing",
        r"hostPath type check failed: (?P<path>\S+) is not a directory",
        "the node of pod {pod} has no directory {path}",
        "create it on the node, or set the type to DirectoryOrCreate",
    ),
    Pattern(
        "nfs-unreachable",
        r"mount\.nfs\S*: (?P<why>[^\n]+)",
        "the node of pod {pod} cannot mount the NFS export: {why}",
        "check server, path and the node's NFS client",
    ),
)


_MAY_PASS = "volume-held-elsewhere", "nfs-unreachable"
"""Causes that may resolve themselves.

A volume is detached minutes after its last pod, and a server may come back.
"""

_MOUNTED = "Pulling", "Pulled", "Created", "Started"
"""Events of a pod after its volumes are mounted."""


def unbound_claim(evidence: Evidence) -> Iterator[Diagnosis]:
    """A claim gets no volume, and not only because no pod uses it yet."""
    for claim in evidence.claims:
        if text(claim, "status", "phase") == "Bound":
            continue
        for message in evidence.events_of(claim, "ProvisioningFailed", "FailedBinding"):
            yield _diagnose_claim(claim, message)


def _diagnose_claim(claim: Object, message: str) -> Diagnosis:
    name, storage_class = name_of(claim), text(claim, "spec", "storageClassName")
    if "storageclass" in message and "not found" in message:
        return Diagnosis(
            "storage-class-missing",
            f"claim {name} needs storage class {storage_class}, "
            "but the cluster does not have it",
            (message,),
            "`kubectl get storageclass` lists what there is",
        )
    if "no storage class is set" in message:
        return Diagnosis(
            "claim-unbound",
            f"claim {name} names no storage class and no free volume fits it",
            (message,),
            "name a storage class, mark one as the default, or create a volume",
        )
    sentence = f"claim {name} gets no volume"
    return Diagnosis("claim-unbound", sentence, (message,), final=False)


def mount_failure(evidence: Evidence) -> Iterator[Diagnosis]:
    """The kubelet cannot mount a volume of a pending pod."""
    for pod in _pending_pods(evidence):
        messages = list(
            evidence.current_events_of(
                pod, ("FailedMount", "FailedAttachVolume"), _MOUNTED
            )
        )
        for message in messages:
            yield from _known_mount_failures(pod, message)
        for message in messages:
            # Kubernetes creates this ConfigMap a moment after the namespace.
            if "kube-root-ca" not in message and not is_transient(message):
                sentence = f"a volume of pod {name_of(pod)} cannot be mounted"
                yield Diagnosis("mount-failed", sentence, (message,), settled=False)


def _pending_pods(evidence: Evidence) -> Iterator[Object]:
    for pod in evidence.pods:
        if text(pod, "status", "phase") == "Pending":
            yield pod


def _known_mount_failures(pod: Object, message: str) -> Iterator[Diagnosis]:
    for known in find_known(PATTERNS, message, (message,), pod=name_of(pod)):
        yield replace(known, settled=known.cause not in _MAY_PASS)


def sandbox_failure(evidence: Evidence) -> Iterator[Diagnosis]:
    """The container runtime cannot create the sandbox of a pending pod."""
    for pod in _pending_pods(evidence):
        for message in evidence.current_events_of(
            pod, ("FailedCreatePodSandBox",), _MOUNTED
        ):
            yield from _missing_handler(message)
            sentence = f"the node cannot create pod {name_of(pod)}"
            yield Diagnosis("sandbox-failed", sentence, (message,), final=False)


def _missing_handler(message: str) -> Iterator[Diagnosis]:
    handler = re.search(r'no runtime for "([^"]+)" is configured', message)
    if handler:
        yield Diagnosis(
            "runtime-missing",
            "the RuntimeClass of the pod needs the handler "
            f"{handler[1]}, but the node's container runtime does not have it",
            (message,),
            "install the NVIDIA container toolkit on the node, or leave runtimeClassName empty",
        )
