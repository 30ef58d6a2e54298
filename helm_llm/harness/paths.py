"""Reading nested objects of the Kubernetes API, where anything may be absent or of another type than it should be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

Object = Mapping[str, Any]

_LARGEST = 2**63 - 1
"""Of the integers that the API knows."""


def at(value: Any, *keys: str | int) -> Any:
    """The value at a path, None where there is none; names lead into mappings and numbers into lists."""
    for key in keys:
        if isinstance(key, int):
            value = value[key] if isinstance(value, Sequence) and _holds(value, key) else None
        else:
            value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _holds(value: Sequence[Any], index: int) -> bool:
    return not isinstance(value, (str, bytes)) and -len(value) <= index < len(value)


def mapping(value: Any, *keys: str | int) -> Object:
    """The mapping at a path, an empty one where there is none."""
    found = at(value, *keys)
    return found if isinstance(found, Mapping) else {}


def mappings(value: Any, *keys: str | int) -> Sequence[Object]:
    """The mappings in the list at a path."""
    found = at(value, *keys)
    if not isinstance(found, Sequence):
        return ()
    return [each for each in found if isinstance(each, Mapping)]


def text(value: Any, *keys: str | int) -> str:
    """The text at a path, empty where there is none."""
    found = at(value, *keys)
    return found if isinstance(found, str) else ""


def texts(value: Any, *keys: str | int) -> Sequence[str]:
    """The texts in the list at a path."""
    found = at(value, *keys)
    if isinstance(found, str) or not isinstance(found, Sequence):
        return ()
    return [each for each in found if isinstance(each, str)]


def number(value: Any, *keys: str | int, default: int = 0) -> int:
    """The integer at a path, `default` where there is none that Kubernetes could hold."""
    found = at(value, *keys)
    if isinstance(found, bool) or not isinstance(found, int) or abs(found) > _LARGEST:
        return default
    return found


def name_of(value: Any) -> str:
    """`metadata.name`."""
    return text(value, "metadata", "name")


def labels_of(value: Any) -> Mapping[str, str]:
    """`metadata.labels`."""
    return mapping(value, "metadata", "labels")


def selects(selector: Mapping[str, str], value: Any) -> bool:
    """Whether the labels of an object hold all of a selector; an empty one selects nothing."""
    labels = labels_of(value)
    return bool(selector) and all(key in labels and labels[key] == wanted for key, wanted in selector.items())


def probe_seconds(probe: Object) -> int:
    """Until a probe has failed often enough, with the defaults of Kubernetes."""
    threshold, period = number(probe, "failureThreshold") or 3, number(probe, "periodSeconds") or 10
    return number(probe, "initialDelaySeconds") + threshold * period


_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,240}", re.ASCII)


def file_name(name: str) -> str:
    """A name from a chart or cluster as the name of a file: never a path, and as it is where that is possible."""
    if _FILE_NAME.fullmatch(name):
        return name
    kept = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:80].strip("-")
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{kept or 'unnamed'}-{digest}"
