"""The Service of a release that leads to its server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helm_llm.harness.objects import name_of, selects
from helm_llm.harness.server_in_pod import ServerInPod
from helm_llm.typed import Object, mapping, mappings, number, text

_DEFAULT_PORT = 8000  # of vLLM and of NIM
_PORT_NAMES = ("http-openai", "openai", "http", "https", "api", "http1")
"""Names of ports that usually serve the API, the most likely one first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The target of a port-forward: `service/NAME` or `pod/NAME`, and its port."""

    target: str
    port: str

    @property
    def name(self) -> str:
        """The name without the kind."""
        return self.target.rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.target} port {self.port}"


def find_entry(pod: Object, services: Sequence[Object], server: ServerInPod) -> Entry:
    """Return the best Service for the server of a pod, or the pod if there is none."""
    ranked = [
        candidate
        for service in services
        if selects(mapping(service, "spec", "selector"), pod)
        for candidate in _ranked_entries(service, server)
    ]
    if ranked:
        return min(ranked, key=lambda candidate: candidate[0])[1]
    # A container may listen on ports that its pod does not declare.
    ports = server.ports or (_DEFAULT_PORT,)
    return Entry(f"pod/{name_of(pod)}", str(ports[0]))


def _ranked_entries(
    service: Object, server: ServerInPod
) -> Iterator[tuple[tuple[bool, int, str], Entry]]:
    name = name_of(service)
    # kubectl forwards to a headless Service too, but it is rarely the way in.
    is_headless = text(service, "spec", "clusterIP") == "None"
    for port in mappings(service, "spec", "ports"):
        port_number = number(port, "port")
        if 0 < port_number < 65536:
            rank = is_headless, _port_rank(port, server), name
            yield rank, Entry(f"service/{name}", str(port_number))


def _port_rank(port: Object, server: ServerInPod) -> int:
    """Known names come first, then ports that lead to the first port of the server."""
    name = text(port, "name")
    if name in _PORT_NAMES:
        return _PORT_NAMES.index(name)
    leads_to_server = port.get("targetPort") in server.ports[:1]
    return len(_PORT_NAMES) + (not leads_to_server)
