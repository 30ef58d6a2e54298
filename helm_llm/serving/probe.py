"""The probes of the engine's container, and how long they let a pod start."""

from __future__ import annotations

from collections.abc import Sequence

from helm_llm.layers import Values
from helm_llm.serving import readers
from helm_llm.serving.pod import Probe
from helm_llm.serving.spec import Startup

KINDS = ("startup", "readiness", "liveness")

_KUBERNETES_DEFAULTS = {"failureThreshold": 3, "periodSeconds": 10, "initialDelaySeconds": 0}


def startup(values: Values, *probe: str) -> Startup | None:
    """Delay + period times threshold of the probe at this path."""
    sizes = [readers.whole(values, *probe, key, default=size) for key, size in _KUBERNETES_DEFAULTS.items()]
    threshold, period, delay = sizes
    if threshold is None or period is None or delay is None:
        return None
    return Startup(delay + period * threshold, tuple((*probe, key) for key in _KUBERNETES_DEFAULTS))


def probes(values: Values, kinds: Sequence[str] = KINDS) -> tuple[Probe, ...] | None:
    """Probes at the top level of the values, whose path is a value of its own; None if one cannot be read."""
    found = tuple(_probe(values, kind) for kind in kinds)
    known = tuple(probe for probe in found if probe)
    return known if len(known) == len(found) else None


def _probe(values: Values, kind: str) -> Probe | None:
    path = (f"{kind}Probe",)
    enabled, asked = readers.switch(values, *path, "enabled"), readers.field(values, *path, "path")
    threshold, period, delay = (
        readers.whole(values, *path, key, default=size) for key, size in _KUBERNETES_DEFAULTS.items()
    )
    if enabled is None or delay is None or period is None or threshold is None:
        return None
    return Probe(kind, enabled, path, asked, initial_delay=delay, period=period, threshold=threshold)
