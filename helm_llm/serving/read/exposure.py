"""The ways into a cluster."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.serving.read import fields
from helm_llm.serving.spec.exposure import Exposure
from helm_llm.values.layers import Values


def exposures(values: Values) -> Iterator[Exposure]:
    """Those of our charts that have a Service and an Ingress."""
    type, ingress = ("service", "type"), ("ingress", "enabled")
    kind = fields.text(values, *type)
    if kind in ("NodePort", "LoadBalancer"):
        yield Exposure(kind, type)
    if fields.switch(values, *ingress):
        annotations = fields.table(values, "ingress", "annotations").items()
        yield Exposure(
            "Ingress",
            ingress,
            login=any("auth" in f"{name} {text}" for name, text in annotations),
        )
