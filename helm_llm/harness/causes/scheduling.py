"""Pods that no node takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of
from helm_llm.harness.result import Diagnosis
from helm_llm.quantity import quantity
from helm_llm.serving.read.accelerators import is_accelerator
from helm_llm.typed import at, mapping, mappings, text

Object = Mapping[str, Any]

_SCALING = "TriggeredScaleUp", "Nominated"
_NODES = "node.kubernetes.io/"
"""Taints that Kubernetes itself gives nodes, and takes away again: not-ready, memory-pressure."""
_PASSES = "claim-unbound", "node-not-ready"
"""What ends by itself, as a rule."""
_MAY_PASS = "gpu-taken", "resources", "too-many-pods", "unschedulable"
"""Pods that end make room."""


def unschedulable(evidence: Evidence) -> Iterator[Diagnosis]:
    """The scheduler says which nodes it refused and why."""
    for pod in evidence.pods:
        message = _refusal(pod)
        if not message:
            continue
        scaling = any(evidence.events_of(pod, *_SCALING))
        for cause, sentence, cure in _reasons(evidence, pod, message):
            final, settled = (
                not scaling and cause not in _PASSES,
                cause not in _MAY_PASS,
            )
            yield Diagnosis(
                cause, sentence, (message,), cure, final=final, settled=settled
            )


def _refusal(pod: Object) -> str:
    for condition in mappings(pod, "status", "conditions"):
        if (
            condition.get("type") == "PodScheduled"
            and condition.get("status") == "False"
        ):
            return text(condition, "message") or text(condition, "reason")
    return ""


def _reasons(
    evidence: Evidence, pod: Object, message: str
) -> Iterator[tuple[str, str, str]]:
    name = name_of(pod)
    for resource in re.findall(r"Insufficient ([\w./-]+\w)", message):
        yield _too_little(evidence, pod, resource)
    if "untolerated taint" in message:
        yield _taint(evidence, pod, message)
    if "node affinity/selector" in message:
        wanted = _words(mapping(pod, "spec", "nodeSelector")) or "its node affinity"
        yield (
            "node-selector",
            f"no node has the labels that pod {name} asks for: {wanted}",
            "label a node so",
        )
    if (
        "unbound immediate PersistentVolumeClaims" in message
        or "volume node affinity conflict" in message
    ):
        yield (
            "claim-unbound",
            f"pod {name} waits for a volume that no node here can mount",
            "`kubectl describe pvc` says what the claim waits for",
        )
    if missing := re.search(r'persistentvolumeclaim "([^"]+)" not found', message):
        yield (
            "claim-missing",
            f"pod {name} mounts claim {missing[1]}, which is not there",
            f"create claim {missing[1]}",
        )
    if "Too many pods" in message:
        yield (
            "too-many-pods",
            f"the nodes are full: no room for pod {name}",
            "free some, or add a node",
        )
    if "scheduling gate" in message.lower():
        gates = ", ".join(
            text(gate, "name") for gate in mappings(pod, "spec", "schedulingGates")
        )
        yield (
            "scheduling-gate",
            f"pod {name} is held back by the scheduling gate {gates}",
            "see what should lift it",
        )
    yield (
        "unschedulable",
        f"no node takes pod {name}",
        "the scheduler says what each node lacks",
    )


def _taint(evidence: Evidence, pod: Object, message: str) -> tuple[str, str, str]:
    """The scheduler names it before Kubernetes 1.34, the nodes always, if we may read them."""
    said = re.search(r"untolerated taint \{([^:}]+):? ?([^}]*)\}", message)
    key, value = (
        said.groups() if said else next(_untolerated(evidence.nodes, pod), ("", ""))
    )
    if not key:
        return (
            "taint",
            f"pod {name_of(pod)} does not tolerate the taints of the nodes",
            "`kubectl describe nodes`: Taints",
        )
    if key.startswith(_NODES) and not key.endswith("/unschedulable"):
        sentence = (
            f"pod {name_of(pod)} waits for a node: those there are have the taint {key}"
        )
        return (
            "node-not-ready",
            sentence,
            "`kubectl describe nodes` shows their conditions; a busy node recovers",
        )
    equal = f", operator: Equal, value: {value}" if value else ", operator: Exists"
    return (
        "taint",
        f"pod {name_of(pod)} does not tolerate the taint {key}{value and '=' + value} of the nodes",
        f"add {{key: {key}{equal}}} to tolerations, or take the taint off the node",
    )


def _untolerated(nodes: Sequence[Object], pod: Object) -> Iterator[tuple[str, str]]:
    """Taints that keep the pod away, those of Kubernetes itself last: a node that is not ready has them too."""
    tolerations = mappings(pod, "spec", "tolerations")
    taints = [
        taint
        for node in nodes
        for taint in mappings(node, "spec", "taints")
        if text(taint, "key")
    ]
    for taint in sorted(
        taints, key=lambda taint: text(taint, "key").startswith(_NODES)
    ):
        if taint.get("effect") != "PreferNoSchedule" and not any(
            _tolerates(one, taint) for one in tolerations
        ):
            yield text(taint, "key"), text(taint, "value")


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint.get("effect")):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint.get("key"))
    return all(
        (toleration.get(field) or "") == (taint.get(field) or "")
        for field in ("key", "value")
    )


def _words(labels: Object) -> str:
    return ", ".join(f"{key}={value}" for key, value in labels.items())


def _too_little(evidence: Evidence, pod: Object, resource: str) -> tuple[str, str, str]:
    wanted = sum(
        (
            _requested(container, resource)
            for container in mappings(pod, "spec", "containers")
        ),
        0,
    )
    largest = max(
        (
            _amount(at(node, "status", "allocatable", resource))
            for node in evidence.nodes
        ),
        default=0,
    )
    if not is_accelerator(resource):
        shown = (
            resource
            if resource.startswith(("cpu", "memory"))
            else f"the resource {resource}"
        )
        return (
            "resources",
            f"pod {name_of(pod)} asks for more {shown} than any node has free",
            "lower resources.requests, or add a larger node",
        )
    if largest == 0:
        return (
            "gpu-absent",
            f"pod {name_of(pod)} asks for {wanted} {resource}, and no node offers any",
            "add a GPU node, and see whether its device plugin runs: `kubectl get pods -A | grep device-plugin`",
        )
    if wanted > largest:
        return (
            "gpu-request-too-large",
            f"pod {name_of(pod)} asks for {wanted} {resource}, the largest node has {largest}",
            f"lower the request to {largest}, or split the model over several nodes",
        )
    return (
        "gpu-taken",
        f"pod {name_of(pod)} asks for {wanted} {resource}, and other pods hold the GPUs",
        "free GPUs, or add a node; with strategy Recreate the old pod goes first",
    )


def _requested(container: Object, resource: str) -> int:
    resources = mapping(container, "resources")
    return _amount(
        at(resources, "requests", resource) or at(resources, "limits", resource)
    )


def _amount(value: Any) -> int:
    return int(quantity(value) or 0) if value is not None else 0


_DEFAULT = "default-scheduler"
_BUSY_SCHEDULER = 60
"""Seconds that one may need to look at a pod for the first time."""


def no_scheduler(evidence: Evidence) -> Iterator[Diagnosis]:
    """A scheduler that does not run says nothing at all; that of a busy cluster is only slow."""
    for pod in evidence.pods:
        scheduler = text(pod, "spec", "schedulerName") or _DEFAULT
        if _unseen(pod) and evidence.waited >= (120 if scheduler == _DEFAULT else 20):
            yield Diagnosis(
                "scheduler-missing",
                f"no scheduler looks at pod {name_of(pod)}, which asks for {scheduler}",
                (),
                f"install {scheduler}, or leave schedulerName empty",
                final=evidence.waited >= _BUSY_SCHEDULER,
            )


def _unseen(pod: Object) -> bool:
    pending = text(pod, "status", "phase") == "Pending" and not text(
        pod, "spec", "nodeName"
    )
    return pending and not mappings(pod, "status", "conditions")
