"""The chart vllm: the probes of its server, written out or derived by `slowStart`."""

from __future__ import annotations

from dataclasses import replace

from helm_llm.serving.read import fields
from helm_llm.serving.read import probes as read
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Probe
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Startup

_SLOW_START = ("slowStart", "enabled")
_SECONDS = ("slowStart", "maxStartupSeconds")
_RHYTHM = {"startup": (15, 0), "readiness": (10, 2), "liveness": (30, 3)}
"""Period and threshold that the chart derives; the startup probe's depends on the seconds."""


def probes(values: Source) -> tuple[Probe, ...] | None:
    """The probes as rendered."""
    slow = fields.switch(values, *_SLOW_START)
    given = read.probes(values, http=_http)
    if slow is None or given is None:
        return None
    has_startup = any(one.kind == "startup" and one.enabled for one in given)
    found: list[Probe] = []
    for one in given:
        # A startup probe makes the chart leave out the delays of the other probes.
        if has_startup and one.kind != "startup":
            one = replace(one, initial_delay=0)
        if slow:
            found.append(_derived(values, one))
        else:
            authorized = read.is_authorized(values, one.path)
            found.append(replace(one, authorized=authorized))
    return tuple(found)


def startup(values: Source, given: tuple[Probe, ...] | None) -> Startup | None:
    """The seconds that slowStart promises, else those of the startup probe."""
    found = read.startup(given)
    if not found or not fields.switch(values, *_SLOW_START):
        return found
    seconds = fields.number(values, *_SECONDS)
    if seconds is None:
        return None
    return Startup(seconds.value, (_SECONDS,))


def _derived(values: Source, given: Probe) -> Probe:
    """The probe that the chart's template computes for slowStart."""
    period, threshold = _RHYTHM[given.kind]
    delay = given.initial_delay
    if given.kind == "startup":
        seconds = fields.whole(values, *_SECONDS) or 0
        delay, threshold = 30, (seconds - 16) // 15 + 1
    return replace(
        given,
        http=Field("/health", ()),
        initial_delay=delay,
        period=period,
        threshold=threshold,
    )


def _http(values: Source, name: str) -> Field[str] | None:
    """The HTTP path, if the probe asks the server itself and not a container of the user's."""
    port = values.get(name, "httpGet", "port")
    if port not in ("http", values.get("vllm", "port")):
        return None
    return fields.field(values, name, "httpGet", "path")
