"""Limits and requests of a container."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Resources


def resources(
    values: Source,
    path: KeyPath = ("resources",),
    *,
    without: Collection[str] = (),
    reservation: KeyPath | None = None,
) -> Resources:
    """The resources as rendered; the chart itself leaves out those in `without`."""
    # Dynamic resource allocation: a claim instead of a limit.
    claims = (*path, "claims")
    if reservation is None and values.get(*claims):
        reservation = claims
    limits = _amounts(values, (*path, "limits"), without)
    requests = _amounts(values, (*path, "requests"), without)
    return Resources(limits, requests, path, reservation)


def _amounts(
    values: Source, path: KeyPath, without: Collection[str]
) -> Mapping[str, Any]:
    amounts: dict[str, Any] = {}
    given = fields.table(values, *path)
    for name, amount in given.items():
        # A null removes a default.
        if amount is None or name in without:
            continue
        amounts[name] = amount
    return amounts
