"""Limits and requests of a container."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields
from helm_llm.serving.spec.spec import Resources
from helm_llm.values.layers import Values

PATH = ("resources",)


def resources(
    values: Values,
    without: Collection[str] = (),
    reservation: KeyPath | None = None,
    path: KeyPath = PATH,
) -> Resources:
    """What the chart renders: nulls drop a default, `without` is what the chart itself leaves out."""
    claims = (*path, "claims")
    reserved = reservation or (claims if values.get(*claims) else None)
    limits, requests = (
        _kept(values, (*path, kind), without) for kind in ("limits", "requests")
    )
    return Resources(limits, requests, path, reserved)


def _kept(values: Values, path: KeyPath, without: Collection[str]) -> Mapping[str, Any]:
    given = fields.table(values, *path)
    return {
        key: amount
        for key, amount in given.items()
        if amount is not None and key not in without
    }
