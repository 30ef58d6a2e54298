"""Requests and limits as numbers, for the rules that compare them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from helm_llm.quantity import quantity
from helm_llm.serving.spec.spec import Resources


def requests_and_limits(
    given: Resources, keys: Iterable[str]
) -> Iterator[tuple[str, Fraction | int, Fraction | int]]:
    """The key, request and limit of each resource of which both are quantities."""
    for key in keys:
        request = quantity(given.requests.get(key))
        limit = quantity(given.limits.get(key))
        if request is not None and limit is not None:
            yield key, request, limit
