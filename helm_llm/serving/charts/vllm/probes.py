"""The chart vllm: the probes of its server, by hand or derived from one number."""

from __future__ import annotations

from dataclasses import replace

from helm_llm.serving.read import fields
from helm_llm.serving.read import probes as probe
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Probe
from helm_llm.serving.spec.spec import Startup
from helm_llm.values.layers import Values

_SLOW = ("slowStart", "maxStartupSeconds")
_RHYTHM = {"startup": (15, 0), "readiness": (10, 2), "liveness": (30, 3)}
"""Period and threshold that the chart derives; that of the startup probe comes from the seconds."""


def probes(values: Values) -> tuple[Probe, ...] | None:
    """All three; the delays of the other two only count without a startup probe."""
    slow, given = (
        fields.switch(values, "slowStart", "enabled"),
        probe.probes(values, http=_http),
    )
    if slow is None or given is None:
        return None
    started = any(one.kind == "startup" and one.enabled for one in given)
    kept = (
        replace(one, initial_delay=0) if started and one.kind != "startup" else one
        for one in given
    )
    return tuple(
        _derived(values, one) if slow else _authorized(values, one) for one in kept
    )


def startup(values: Values, given: tuple[Probe, ...] | None) -> Startup | None:
    """The seconds that slowStart promises, else what the probe leaves."""
    found, seconds = probe.startup(given), fields.whole(values, *_SLOW)
    if not found or not fields.switch(values, "slowStart", "enabled"):
        return found
    return None if seconds is None else Startup(seconds, (_SLOW,))


def _derived(values: Values, given: Probe) -> Probe:
    period, threshold = _RHYTHM[given.kind]
    delay = given.initial_delay
    if given.kind == "startup":
        delay, threshold = 30, ((fields.whole(values, *_SLOW) or 0) - 16) // 15 + 1
    asked = Field("/health", ())
    return replace(
        given, http=asked, initial_delay=delay, period=period, threshold=threshold
    )


def _http(values: Values, name: str) -> Field[str] | None:
    """What is asked of the server itself, not of a container beside it."""
    own_ports = ("http", values.get("vllm", "port"))
    asks = values.get(name, "httpGet", "port") in own_ports
    return fields.field(values, name, "httpGet", "path") if asks else None


def _authorized(values: Values, given: Probe) -> Probe:
    headers = values.get(*given.path, "httpGet", "httpHeaders")
    names = (
        [header.get("name") for header in headers if isinstance(header, dict)]
        if isinstance(headers, list)
        else []
    )
    return replace(
        given, authorized=any(str(name).lower() == "authorization" for name in names)
    )
