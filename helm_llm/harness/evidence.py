"""Evidence: what the cluster knows about a release, collected before its removal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from helm_llm.harness.objects import name_of
from helm_llm.typed import Object, text

Logs: TypeAlias = Mapping[tuple[str, str], str]
"""Logs by pod and container."""

MAX_LINE = 4096
"""Characters of a message, or of a line of a log, that are used."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Objects of a release as the API returns them, logs, and the output of Helm."""

    release: str = ""
    helm: str = ""
    """What Helm printed when it failed."""
    workloads: Sequence[Object] = ()
    pods: Sequence[Object] = ()
    events: Sequence[Object] = ()
    claims: Sequence[Object] = ()
    services: Sequence[Object] = ()
    nodes: Sequence[Object] = ()
    logs: Logs = field(default_factory=dict)
    """Those of the previous run if that one failed."""
    waited: float = 0.0
    """Seconds since the wait for the release began."""

    def events_of(self, value: Object, *reasons: str) -> Iterator[str]:
        """Messages of the events of an object with these reasons, newest first."""
        for event in self._newest_first():
            if _is_about(event, value) and text(event, "reason") in reasons:
                yield _message(event)

    def current_events_of(
        self, value: Object, reasons: Sequence[str], resolved_by: Sequence[str]
    ) -> Iterator[str]:
        """The same, without events older than one that shows the problem is over."""
        resolved = ""
        for event in self._newest_first():
            if not _is_about(event, value):
                continue
            reason, seen = text(event, "reason"), _last_seen(event)
            if not resolved and reason in resolved_by:
                resolved = seen
            if reason in reasons and seen >= resolved:
                yield _message(event)

    def messages(self, *reasons: str) -> Iterator[tuple[str, str]]:
        """(kind/name, message) of the events with these reasons, newest first."""
        for event in self._newest_first():
            if text(event, "reason") in reasons:
                kind = text(event, "involvedObject", "kind").lower()
                name = text(event, "involvedObject", "name")
                yield f"{kind}/{name}", _message(event)

    def log_of(self, pod: Object, container: str) -> str:
        """The log of a container, empty if there is none."""
        return self.logs.get((name_of(pod), container), "")

    def _newest_first(self) -> Sequence[Object]:
        return sorted(self.events, key=_last_seen, reverse=True)


def _is_about(event: Object, value: Object) -> bool:
    return text(event, "involvedObject", "name") == name_of(value)


def _last_seen(event: Object) -> str:
    # Only the old kind of event has a lastTimestamp. Timestamps compare as text.
    return (
        text(event, "lastTimestamp")
        or text(event, "eventTime")
        or text(event, "metadata", "creationTimestamp")
    )


def _message(event: Object) -> str:
    return text(event, "message")[:MAX_LINE].strip()
