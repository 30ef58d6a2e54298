"""Taints of nodes that keep a pod away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of
from helm_llm.typed import Object, mappings, text

_NODE_TAINTS = "node.kubernetes.io/"
"""Taints that Kubernetes sets and removes itself: not-ready, memory-pressure, ..."""


class Reason(NamedTuple):
    """Why the scheduler rejects the nodes for a pod, and what to do."""

    cause: str
    sentence: str
    help: str


def untolerated_taint(evidence: Evidence, pod: Object, message: str) -> Reason:
    """Return the reason for a message of the scheduler about taints."""
    name = name_of(pod)
    key, value = _find_taint(evidence, pod, message)
    if not key:
        return Reason(
            "taint",
            f"pod {name} does not tolerate the taints of the nodes",
            "`kubectl describe nodes`: Taints",
        )
    if key.startswith(_NODE_TAINTS) and not key.endswith("/unschedulable"):
        return Reason(
            "node-not-ready",
            f"pod {name} waits for a node: the existing ones have the taint {key}",
            "`kubectl describe nodes` shows their conditions; a busy node recovers",
        )
    taint = f"{key}={value}" if value else key
    match = f"operator: Equal, value: {value}" if value else "operator: Exists"
    return Reason(
        "taint",
        f"pod {name} does not tolerate the taint {taint} of the nodes",
        f"add {{key: {key}, {match}}} to tolerations, or take the taint off the node",
    )


def _find_taint(evidence: Evidence, pod: Object, message: str) -> tuple[str, str]:
    """(key, value) of a taint that the pod does not tolerate."""
    # Kubernetes 1.34 stopped naming the taint in the message. The nodes have it too,
    # if the user is allowed to read them.
    found = re.search(r"untolerated taint \{([^:}]+):? ?([^}]*)\}", message)
    if found:
        return found[1], found[2]
    return next(_untolerated_taints(evidence.nodes, pod), ("", ""))


def _untolerated_taints(
    nodes: Sequence[Object], pod: Object
) -> Iterator[tuple[str, str]]:
    """(key, value) of the taints that keep a pod away.

    Those of Kubernetes itself come last, because any node that is not ready has them.
    """
    taints: list[Object] = []
    for node in nodes:
        taints += mappings(node, "spec", "taints")
    taints.sort(key=lambda taint: text(taint, "key").startswith(_NODE_TAINTS))
    tolerations = mappings(pod, "spec", "tolerations")
    for taint in taints:
        key = text(taint, "key")
        if not key or taint.get("effect") == "PreferNoSchedule":
            continue
        if not any(_tolerates(toleration, taint) for toleration in tolerations):
            yield key, text(taint, "value")


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint.get("effect")):
        return False
    # An empty key with Exists tolerates every taint.
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint.get("key"))
    same_key = (toleration.get("key") or "") == (taint.get("key") or "")
    return same_key and (toleration.get("value") or "") == (taint.get("value") or "")
