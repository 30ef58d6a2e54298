"""Which Service of a release leads to the server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm.harness.objects import name_of, selects
from helm_llm.harness.server_in_pod import Served
from helm_llm.typed import mapping, mappings, number, text

Object = Mapping[str, Any]

_NAMES = ("http-openai", "openai", "http", "https", "api", "http1")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a port-forward goes to."""

    target: str
    port: str

    @property
    def name(self) -> str:
        """The name without the kind."""
        return self.target.rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.target} port {self.port}"


def entry(pod: Object, services: Sequence[Object], server: Served) -> Entry:
    """The best Service for a pod's server; the pod itself where there is none."""
    candidates = sorted(
        _candidates(pod, services, server), key=lambda candidate: candidate[0]
    )
    if candidates:
        return candidates[0][1]
    ports = server.ports or (8000,)
    return Entry(f"pod/{name_of(pod)}", str(ports[0]))


def _candidates(
    pod: Object, services: Sequence[Object], server: Served
) -> Iterator[tuple[tuple[bool, int, str], Entry]]:
    for service in services:
        if not selects(mapping(service, "spec", "selector"), pod):
            continue
        headless = text(service, "spec", "clusterIP") == "None"
        for port in mappings(service, "spec", "ports"):
            rank, given = _rank(port, server), number(port, "port")
            if 0 < given < 65536:
                yield (
                    (headless, rank, name_of(service)),
                    Entry(f"service/{name_of(service)}", str(given)),
                )


def _rank(port: Object, server: Served) -> int:
    """By the port's name; then what leads to the server's first port; then as they come."""
    name = text(port, "name")
    if name in _NAMES:
        return _NAMES.index(name)
    return len(_NAMES) + (port.get("targetPort") not in server.ports[:1])
