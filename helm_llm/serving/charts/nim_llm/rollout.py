"""The chart nim-llm: how its pods are replaced."""

from __future__ import annotations

from dataclasses import replace

from helm_llm.serving.read import fields, scaling
from helm_llm.serving.spec.scaling import Rollout
from helm_llm.serving.spec.source import Source

_STRATEGY = ("updateStrategy",)
_ONE_NODE = ("ReadWriteOnce", "ReadWriteOncePod")


def rollout(values: Source) -> Rollout | None:
    """The strategy as rendered; Kubernetes' default is a rolling update."""
    stateful = fields.switch(values, "statefulSet", "enabled")
    if stateful is None:
        return None
    if stateful:
        found = scaling.rollout(values, *_STRATEGY, default="RollingUpdate")
        return found and replace(found, kind="StatefulSet")
    default = "Recreate" if _recreates(values) else "RollingUpdate"
    return scaling.rollout(values, *_STRATEGY, default=default)


def _recreates(values: Source) -> bool:
    """Whether the chart chooses Recreate because a single node mounts the claim."""
    if fields.table(values, *_STRATEGY):
        return False
    if fields.switch(values, "persistence", "enabled") is False:
        return False
    return values.get("persistence", "accessMode") in _ONE_NODE
