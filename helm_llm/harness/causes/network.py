"""Services that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from helm_llm.harness.evidence import Evidence
from helm_llm.harness.objects import name_of, selects
from helm_llm.harness.result import Diagnosis
from helm_llm.typed import mapping, mappings

Object = Mapping[str, Any]


def selects_no_pod(evidence: Evidence) -> Iterator[Diagnosis]:
    """A Service of the release whose selector fits none of its pods."""
    for service in evidence.services:
        selector = mapping(service, "spec", "selector")
        if (
            selector
            and evidence.pods
            and not any(selects(selector, pod) for pod in evidence.pods)
        ):
            words = ", ".join(f"{key}={value}" for key, value in selector.items())
            yield Diagnosis(
                "service-selects-nothing",
                f"Service {name_of(service)} selects {words}, and no pod of the release has these labels",
                (),
                "the selector has to be the pods' labels: was one of them changed by hand?",
            )


def port_mismatch(evidence: Evidence) -> Iterator[Diagnosis]:
    """A Service whose target port no container of its pods declares."""
    for service in evidence.services:
        pods = [
            pod
            for pod in evidence.pods
            if selects(mapping(service, "spec", "selector"), pod)
        ]
        for port in mappings(service, "spec", "ports"):
            target = port.get("targetPort", port.get("port"))
            declared = [entry for pod in pods for entry in _ports(pod)]
            if not declared or any(
                target in (entry.get("name"), entry.get("containerPort"))
                for entry in declared
            ):
                continue
            there = ", ".join(dict.fromkeys(_shown(entry) for entry in declared))
            yield Diagnosis(
                "port-mismatch",
                f"Service {name_of(service)} sends port {port.get('port')} to container port {target}; "
                f"the pods declare {there}",
                (),
                "set the Service's targetPort to the port the engine listens on, or to its name",
            )


def _ports(pod: Object) -> Iterator[Object]:
    for container in mappings(pod, "spec", "containers"):
        yield from mappings(container, "ports")


def _shown(port: Object) -> str:
    name, number = port.get("name"), port.get("containerPort")
    return f"{number} ({name})" if name else str(number)
