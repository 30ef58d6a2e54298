"""The probes of the engine's container, and how long they let a pod start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Probe
from helm_llm.serving.spec.spec import Startup
from helm_llm.values.layers import Values

KINDS = ("startup", "readiness", "liveness")
Http = Callable[[Values, str], Field[str] | None]

_KUBERNETES_DEFAULTS = {
    "failureThreshold": 3,
    "periodSeconds": 10,
    "initialDelaySeconds": 0,
}


def startup(probes: Iterable[Probe] | None) -> Startup | None:
    """What the startup probe leaves a pod; None without one."""
    found = next(
        (probe for probe in probes or () if probe.kind == "startup" and probe.enabled),
        None,
    )
    return (
        Startup(
            found.seconds, tuple((*found.path, key) for key in _KUBERNETES_DEFAULTS)
        )
        if found
        else None
    )


def own_path(values: Values, name: str) -> Field[str] | None:
    """The path of a probe that has a value of its own."""
    return fields.field(values, name, "path")


def probes(
    values: Values, kinds: Sequence[str] = KINDS, http: Http = own_path
) -> tuple[Probe, ...] | None:
    """Probes at the top level of the values; None if one cannot be read."""
    found = tuple(_probe(values, kind, http) for kind in kinds)
    known = tuple(probe for probe in found if probe)
    return known if len(known) == len(found) else None


def _probe(values: Values, kind: str, http: Http) -> Probe | None:
    name = f"{kind}Probe"
    enabled = fields.switch(values, name, "enabled")
    threshold, period, delay = (
        fields.whole(values, name, key, default=size)
        for key, size in _KUBERNETES_DEFAULTS.items()
    )
    if enabled is None or delay is None or period is None or threshold is None:
        return None
    asked = http(values, name)
    return Probe(
        kind,
        enabled,
        (name,),
        asked,
        initial_delay=delay,
        period=period,
        threshold=threshold,
    )
