"""Pods that cannot be scheduled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from helm_llm.harness.causes.taints import Reason, untolerated_taint
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of
from helm_llm.harness.result import Diagnosis
from helm_llm.quantity import quantity
from helm_llm.serving.read.accelerators import is_accelerator
from helm_llm.typed import Object, at, mapping, mappings, text

_SCALING = "TriggeredScaleUp", "Nominated"
"""Events that announce a node for the pod."""
_TRANSIENT = "claim-unbound", "node-not-ready"
"""Causes that usually resolve themselves."""
_MAY_PASS = "gpu-taken", "resources", "too-many-pods", "unschedulable"
"""Causes that pass when other pods end."""


def unschedulable_pod(evidence: Evidence) -> Iterator[Diagnosis]:
    """The scheduler rejects every node for a pod, and reports why."""
    for pod in evidence.pods:
        message = _scheduler_message(pod)
        if not message:
            continue
        # The cluster autoscaler may already be adding a node.
        scaling = any(evidence.events_of(pod, *_SCALING))
        for reason in _reasons(evidence, pod, message):
            yield Diagnosis(
                reason.cause,
                reason.sentence,
                (message,),
                reason.help,
                final=not scaling and reason.cause not in _TRANSIENT,
                settled=reason.cause not in _MAY_PASS,
            )


def _scheduler_message(pod: Object) -> str:
    for condition in mappings(pod, "status", "conditions"):
        if condition.get("type") != "PodScheduled":
            continue
        if condition.get("status") == "False":
            return text(condition, "message") or text(condition, "reason")
    return ""


def _reasons(evidence: Evidence, pod: Object, message: str) -> Iterator[Reason]:
    """Reasons in the message; the first one is the most useful to a user."""
    name = name_of(pod)
    for resource in re.findall(r"Insufficient ([\w./-]+\w)", message):
        yield _insufficient(evidence, pod, resource)
    if "untolerated taint" in message:
        yield untolerated_taint(evidence, pod, message)
    if "node affinity/selector" in message:
        selector = mapping(pod, "spec", "nodeSelector").items()
        labels = ", ".join(f"{key}={value}" for key, value in selector)
        yield Reason(
            "node-selector",
            f"no node has the labels that pod {name} requires: "
            f"{labels or 'its node affinity'}",
            "add these labels to a node, or change nodeSelector and affinity",
        )
    yield from _volume_reasons(pod, message)
    if "Too many pods" in message:
        yield Reason(
            "too-many-pods",
            f"the nodes are full: there is no room for pod {name}",
            "free some, or add a node",
        )
    if "scheduling gate" in message.lower():
        gates = mappings(pod, "spec", "schedulingGates")
        names = ", ".join(text(gate, "name") for gate in gates)
        yield Reason(
            "scheduling-gate",
            f"pod {name} is held back by the scheduling gate {names}",
            "see what should lift it",
        )
    yield Reason(
        "unschedulable",
        f"no node accepts pod {name}",
        "the scheduler says what each node lacks",
    )


def _volume_reasons(pod: Object, message: str) -> Iterator[Reason]:
    unbound = "unbound immediate PersistentVolumeClaims" in message
    if unbound or "volume node affinity conflict" in message:
        yield Reason(
            "claim-unbound",
            f"pod {name_of(pod)} waits for a volume that no node can mount",
            "`kubectl describe pvc` says what the claim waits for",
        )
    missing = re.search(r'persistentvolumeclaim "([^"]+)" not found', message)
    if missing:
        yield Reason(
            "claim-missing",
            f"pod {name_of(pod)} mounts claim {missing[1]}, which does not exist",
            f"create claim {missing[1]}",
        )


def _insufficient(evidence: Evidence, pod: Object, resource: str) -> Reason:
    name = name_of(pod)
    if not is_accelerator(resource):
        if not resource.startswith(("cpu", "memory")):
            resource = f"the resource {resource}"
        return Reason(
            "resources",
            f"pod {name} requests more {resource} than any node has free",
            "lower resources.requests, or add a larger node",
        )
    requested = _requested(pod, resource)
    largest = _largest_node(evidence.nodes, resource)
    if largest == 0:
        return Reason(
            "gpu-absent",
            f"pod {name} requests {requested} {resource}, but no node offers any",
            "add a GPU node, and see whether its device plugin runs: `kubectl get pods -A | grep device-plugin`",
        )
    if requested > largest:
        return Reason(
            "gpu-request-too-large",
            f"pod {name} requests {requested} {resource}, "
            f"but the largest node has {largest}",
            f"lower the request to {largest}, or split the model over several nodes",
        )
    return Reason(
        "gpu-taken",
        f"pod {name} requests {requested} {resource}, but other pods use the GPUs",
        "free GPUs, or add a node; with strategy Recreate the old pod goes first",
    )


def _requested(pod: Object, resource: str) -> int:
    total = 0
    for container in mappings(pod, "spec", "containers"):
        resources = mapping(container, "resources")
        # A limit without a request is the request too.
        request = at(resources, "requests", resource)
        total += _amount(request or at(resources, "limits", resource))
    return total


def _largest_node(nodes: Sequence[Object], resource: str) -> int:
    amounts = (_amount(at(node, "status", "allocatable", resource)) for node in nodes)
    return max(amounts, default=0)


def _amount(value: object) -> int:
    return int(quantity(value) or 0)


_DEFAULT_SCHEDULER = "default-scheduler"
_QUIET_SECONDS = 20
_QUIET_DEFAULT_SECONDS = 120
"""How long a scheduler may be silent about a pod; the default one is only slow."""
_BUSY_SECONDS = 60
"""Time a busy scheduler may take to look at a pod for the first time."""


def missing_scheduler(evidence: Evidence) -> Iterator[Diagnosis]:
    """No scheduler handles a pod. One that does not run leaves no message at all."""
    for pod in evidence.pods:
        scheduler = text(pod, "spec", "schedulerName") or _DEFAULT_SCHEDULER
        is_default = scheduler == _DEFAULT_SCHEDULER
        quiet = _QUIET_DEFAULT_SECONDS if is_default else _QUIET_SECONDS
        if _is_unseen(pod) and evidence.waited >= quiet:
            yield Diagnosis(
                "scheduler-missing",
                f"no scheduler handles pod {name_of(pod)}, which needs {scheduler}",
                (),
                f"install {scheduler}, or leave schedulerName empty",
                final=evidence.waited >= _BUSY_SECONDS,
            )


def _is_unseen(pod: Object) -> bool:
    if text(pod, "status", "phase") != "Pending" or text(pod, "spec", "nodeName"):
        return False
    return not mappings(pod, "status", "conditions")
