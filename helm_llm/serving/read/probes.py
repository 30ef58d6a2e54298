"""The probes of the engine's container, and how long they let a pod start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from helm_llm.keypath import KeyPath
from helm_llm.manifests.pod_template import PROBE_DEFAULTS
from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Probe, ProbeKind
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Startup

KINDS: tuple[ProbeKind, ...] = ("startup", "readiness", "liveness")
Http = Callable[[Source, str], Field[str] | None]

_KNOBS = ("failureThreshold", "periodSeconds", "initialDelaySeconds")


def startup(probes: Iterable[Probe] | None) -> Startup | None:
    """The time that the startup probe leaves a pod; None without one."""
    for probe in probes or ():
        if probe.kind == "startup" and probe.enabled:
            knobs = tuple((*probe.path, key) for key in _KNOBS)
            return Startup(probe.seconds, knobs)
    return None


def own_path(values: Source, name: str) -> Field[str] | None:
    """The HTTP path in charts whose probes have the key `path`."""
    return fields.field(values, name, "path")


def probes(
    values: Source, kinds: Sequence[ProbeKind] = KINDS, http: Http = own_path
) -> tuple[Probe, ...] | None:
    """The probes at the top level of our charts' values; None if one cannot be read."""
    found: list[Probe] = []
    for kind in kinds:
        name = f"{kind}Probe"
        enabled = fields.switch(values, name, "enabled")
        if enabled is None:
            return None
        one = probe(values, (name,), kind, http(values, name), enabled=enabled)
        if one is None:
            return None
        found.append(one)
    return tuple(found)


def probe(
    values: Source,
    path: KeyPath,
    kind: ProbeKind,
    http: Field[str] | None,
    *,
    enabled: bool = True,
    authorized: bool = False,
) -> Probe | None:
    """The probe at a path, with the keys of the Kubernetes API; None if one is unreadable."""
    delay, period, threshold = (
        fields.whole(values, *path, key, default=default)
        for key, default in PROBE_DEFAULTS.items()
    )
    if delay is None or period is None or threshold is None:
        return None
    return Probe(
        kind,
        enabled,
        path,
        http,
        initial_delay=delay,
        period=period,
        threshold=threshold,
        authorized=authorized,
    )


def is_authorized(values: Source, path: KeyPath) -> bool:
    """Whether a probe sends an Authorization header."""
    headers = fields.names(values, *path, "httpGet", "httpHeaders")
    return any(name.lower() == "authorization" for name in headers)
