"""The chart nim-llm: how its pods are replaced."""

from __future__ import annotations

from dataclasses import replace

from helm_llm.serving.read import fields, scaling
from helm_llm.serving.spec.scaling import Rollout
from helm_llm.values.layers import Values

_STRATEGY = ("updateStrategy",)
_ONE_NODE = ("ReadWriteOnce", "ReadWriteOncePod")


def rollout(values: Values) -> Rollout | None:
    """Rendered as it is given; Kubernetes' default is a rolling update."""
    stateful = fields.switch(values, "statefulSet", "enabled")
    if stateful is None:
        return None
    found = scaling.rollout(
        values,
        *_STRATEGY,
        default="Recreate"
        if not stateful and _on_one_node(values)
        else "RollingUpdate",
    )
    return found and replace(found, kind="StatefulSet" if stateful else "Deployment")


def _on_one_node(values: Values) -> bool:
    """Whether the chart chooses Recreate, as one node mounts the claim."""
    claimed = fields.switch(values, "persistence", "enabled") is not False
    return (
        not fields.table(values, *_STRATEGY)
        and claimed
        and values.get("persistence", "accessMode") in _ONE_NODE
    )
