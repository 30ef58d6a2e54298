"""The ways into a cluster: Services and Ingresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helm_llm.serving.read import fields
from helm_llm.serving.spec.exposure import Exposure, ExposureKind
from helm_llm.serving.spec.source import Source

_TYPE = ("service", "type")
_INGRESS = ("ingress", "enabled")
_SERVICES: Mapping[str, ExposureKind] = {
    "NodePort": "NodePort",
    "LoadBalancer": "LoadBalancer",
}
"""Types of Services that are reachable from outside."""


def exposures(values: Source) -> Iterator[Exposure]:
    """The exposures of a chart with `service` and `ingress` at the top level."""
    service_type = fields.text(values, *_TYPE) or ""
    kind = _SERVICES.get(service_type)
    if kind:
        yield Exposure(kind, _TYPE)
    if fields.switch(values, *_INGRESS):
        login = _has_login(values)
        yield Exposure("Ingress", _INGRESS, login=login)


def _has_login(values: Source) -> bool:
    """Whether annotations make the ingress controller authenticate clients."""
    # Controllers have no common annotation: nginx has `auth-url`, Traefik a middleware
    # whose name the user chooses.
    annotations = fields.table(values, "ingress", "annotations")
    return any("auth" in f"{name} {text}" for name, text in annotations.items())
