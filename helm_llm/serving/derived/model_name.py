"""What the name of a model shows: its size, and how long it takes to start."""

from __future__ import annotations

import re

_MIXTURE = re.compile(r"(\d{1,4})x(\d{1,4}(?:\.\d{1,4})?)b", re.ASCII)
_SIZE = re.compile(r"(?<![a-z0-9.])(\d{1,6}(?:\.\d{1,6})?)b(?![a-z])", re.ASCII)

SHARED_BY_EXPERTS = 0.8
"""Experts share attention and embeddings: 8x7B has 47 billion parameters, not 56."""

_TIERS = (7, 13, 70)
_SECONDS = (300, 600, 1800, 3600)
"""Time to start below each tier (billions of parameters), and above the last one."""


def billions(name: str) -> float | None:
    """Parameters in billions, by the last segment of a repository, path or image."""
    _, _, last = name.rstrip("/").rpartition("/")
    last = last.lower()
    mixture = _MIXTURE.search(last)
    if mixture:
        experts, size_of_each = map(float, mixture.groups())
        return experts * size_of_each * SHARED_BY_EXPERTS
    size = _SIZE.search(last)
    if size is None:
        return None
    return float(size[1])


def seconds_to_start(parameters: float, *, local: bool) -> int:
    """The time that download, loading and compilation may take."""
    tier = sum(parameters >= below for below in _TIERS)
    # Weights on a volume need no download.
    if local and tier:
        tier -= 1
    return _SECONDS[tier]
