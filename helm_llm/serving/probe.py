"""How long a startup probe lets a pod start."""

from __future__ import annotations

from helm_llm.layers import Values
from helm_llm.serving import readers
from helm_llm.serving.spec import Startup

_KUBERNETES_DEFAULTS = {"failureThreshold": 3, "periodSeconds": 10, "initialDelaySeconds": 0}


def startup(values: Values, *probe: str) -> Startup | None:
    """Delay + period times threshold of the probe at this path."""
    sizes = [readers.whole(values, *probe, key, default=size) for key, size in _KUBERNETES_DEFAULTS.items()]
    threshold, period, delay = sizes
    if threshold is None or period is None or delay is None:
        return None
    return Startup(delay + period * threshold, tuple((*probe, key) for key in _KUBERNETES_DEFAULTS))
