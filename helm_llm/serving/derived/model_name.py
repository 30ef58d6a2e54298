"""What the name of a model tells: its size, and how long it takes to start."""

from __future__ import annotations

import re

_MIXTURE = re.compile(r"(\d{1,4})x(\d{1,4}(?:\.\d{1,4})?)b", re.ASCII)
_SIZE = re.compile(r"(?<![a-z0-9.])(\d{1,6}(?:\.\d{1,6})?)b(?![a-z])", re.ASCII)

SHARED_BY_EXPERTS = 0.8
"""Experts share attention and embeddings: 8x7B has 47 billion parameters, not 56, and 8x22B has 141, not 176."""


def billions(name: str) -> float | None:
    """Parameters in billions by the last segment of a repository, path or image."""
    last = name.rstrip("/").rpartition("/")[2].lower()
    if mixture := _MIXTURE.search(last):
        return float(mixture[1]) * float(mixture[2]) * SHARED_BY_EXPERTS
    size = _SIZE.search(last)
    return float(size[1]) if size else None


_TIERS = ((7, 300), (13, 600), (70, 1800))
_SLOWEST = 3600


def seconds_to_start(parameters: float, *, local: bool) -> int:
    """How long download, loading and compilation may take; weights on a volume save one tier."""
    tiers = [seconds for _, seconds in _TIERS] + [_SLOWEST]
    tier = sum(parameters >= below for below, _ in _TIERS)
    return tiers[max(tier - local, 0)]
