"""How many pods run the model."""

from __future__ import annotations

from helm_llm.layers import Values
from helm_llm.serving import readers
from helm_llm.serving.spec import Field

AUTOSCALED, _MOST, _FIXED = ("autoscaling", "enabled"), ("autoscaling", "maxReplicas"), ("replicaCount",)


def replicas(values: Values, *, scaled: bool = True) -> Field[int] | None:
    """As many as the autoscaler may start, else replicaCount; unknown when another controller sets the number."""
    on = readers.switch(values, *AUTOSCALED) if scaled else False
    if on is None:
        return None
    count = readers.whole(values, *(_MOST if on else _FIXED))
    if count is None:
        return None
    return Field(count, (_MOST if values.user_set(_MOST) else AUTOSCALED) if on else _FIXED)
