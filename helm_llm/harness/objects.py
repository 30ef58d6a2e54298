"""What the objects of the Kubernetes API have in common, where anything may be absent or of another type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from helm_llm.typed import Object, mapping, number, text


def name_of(value: Any) -> str:
    """`metadata.name`."""
    return text(value, "metadata", "name")


def labels_of(value: Any) -> Mapping[str, str]:
    """`metadata.labels`."""
    return mapping(value, "metadata", "labels")


def selects(selector: Mapping[str, str], value: Any) -> bool:
    """Whether the labels of an object hold all of a selector; an empty one selects nothing."""
    labels = labels_of(value)
    return bool(selector) and all(
        key in labels and labels[key] == wanted for key, wanted in selector.items()
    )


def probe_seconds(probe: Object) -> int:
    """Until a probe has failed often enough, with the defaults of Kubernetes."""
    threshold, period = (
        number(probe, "failureThreshold") or 3,
        number(probe, "periodSeconds") or 10,
    )
    return number(probe, "initialDelaySeconds") + threshold * period


_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,240}", re.ASCII)


def file_name(name: str) -> str:
    """A name from a chart or cluster as the name of a file: never a path, and as it is where that is possible."""
    if _FILE_NAME.fullmatch(name):
        return name
    kept = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:80].strip("-")
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{kept or 'unnamed'}-{digest}"
