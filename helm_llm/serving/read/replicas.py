"""How many pods run the model."""

from __future__ import annotations

from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.values.layers import Values

AUTOSCALED, _MOST, _FIXED = (
    ("autoscaling", "enabled"),
    ("autoscaling", "maxReplicas"),
    ("replicaCount",),
)


def replicas(values: Values, *, scaled: bool = True) -> Field[int] | None:
    """As many as the autoscaler may start, else replicaCount; unknown when another controller sets the number."""
    on = fields.switch(values, *AUTOSCALED) if scaled else False
    if on is None:
        return None
    count = fields.whole(values, *(_MOST if on else _FIXED))
    if count is None:
        return None
    return Field(
        count, (_MOST if values.user_set(_MOST) else AUTOSCALED) if on else _FIXED
    )
