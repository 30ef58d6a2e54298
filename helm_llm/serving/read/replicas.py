"""How many pods run the model."""

from __future__ import annotations

from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.source import Source

AUTOSCALED = ("autoscaling", "enabled")
_MAXIMUM = ("autoscaling", "maxReplicas")
_FIXED = ("replicaCount",)


def replicas(values: Source) -> Field[int] | None:
    """As many as the autoscaler may start, else replicaCount."""
    enabled = fields.switch(values, *AUTOSCALED)
    if enabled is None:
        return None
    if not enabled:
        return fixed_replicas(values)
    count = fields.whole(values, *_MAXIMUM)
    if count is None:
        return None
    # A default maximum becomes effective by the user's switch.
    if not values.is_user_set(_MAXIMUM):
        return Field(count, AUTOSCALED)
    return Field(count, _MAXIMUM)


def fixed_replicas(values: Source) -> Field[int] | None:
    """replicaCount, for a workload without an autoscaler."""
    return fields.number(values, *_FIXED)
