"""Reading nested objects of the Kubernetes API, where anything may be absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def at(value: Any, *keys: str | int) -> Any:
    """The value at a path, None where there is none."""
    try:
        for key in keys:
            value = value[key]
    except (KeyError, IndexError, TypeError):
        return None
    return value


def name_of(value: Any) -> str:
    """`metadata.name`."""
    return str(at(value, "metadata", "name") or "")


def labels_of(value: Any) -> Mapping[str, str]:
    """`metadata.labels`."""
    return at(value, "metadata", "labels") or {}


def selects(selector: Mapping[str, str], value: Any) -> bool:
    """Whether the labels of an object hold all of a selector; an empty one selects nothing."""
    return bool(selector) and selector.items() <= labels_of(value).items()


def probe_seconds(probe: Mapping[str, Any]) -> int:
    """Until a probe has failed often enough, with the defaults of Kubernetes."""
    threshold, period = int(probe.get("failureThreshold") or 3), int(probe.get("periodSeconds") or 10)
    return int(probe.get("initialDelaySeconds") or 0) + threshold * period
