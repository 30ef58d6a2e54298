"""Services that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of, selects
from helm_llm.harness.result import Diagnosis
from helm_llm.typed import Object, mapping, mappings


def service_without_pods(evidence: Evidence) -> Iterator[Diagnosis]:
    """The selector of a Service matches none of the pods of its release."""
    for service in evidence.services:
        selector = mapping(service, "spec", "selector")
        if not selector or not evidence.pods:
            continue
        if any(selects(selector, pod) for pod in evidence.pods):
            continue
        labels = ", ".join(f"{key}={value}" for key, value in selector.items())
        yield Diagnosis(
            "service-selects-nothing",
            f"Service {name_of(service)} selects {labels}, "
            "but no pod of the release has these labels",
            (),
            "the selector must match the pods' labels: was one of them changed by hand?",
        )


def port_mismatch(evidence: Evidence) -> Iterator[Diagnosis]:
    """No container of the pods of a Service declares its target port."""
    for service in evidence.services:
        declared = _declared_ports(service, evidence.pods)
        for port in mappings(service, "spec", "ports"):
            target = port.get("targetPort", port.get("port"))
            # Containers need not declare their ports, so silence proves nothing.
            if not declared or _declares(declared, target):
                continue
            shown = ", ".join(dict.fromkeys(map(_describe, declared)))
            yield Diagnosis(
                "port-mismatch",
                f"Service {name_of(service)} sends port {port.get('port')} to container "
                f"port {target}, but the pods declare {shown}",
                (),
                "set the Service's targetPort to the port the engine listens on, or to its name",
            )


def _declared_ports(service: Object, pods: Sequence[Object]) -> list[Object]:
    selector = mapping(service, "spec", "selector")
    ports: list[Object] = []
    for pod in pods:
        if selects(selector, pod):
            for container in mappings(pod, "spec", "containers"):
                ports += mappings(container, "ports")
    return ports


def _declares(ports: Sequence[Object], target: object) -> bool:
    """Whether a target port is the name or the number of a declared port."""
    return any(
        target in (port.get("name"), port.get("containerPort")) for port in ports
    )


def _describe(port: Object) -> str:
    name, number = port.get("name"), port.get("containerPort")
    return f"{number} ({name})" if name else str(number)
