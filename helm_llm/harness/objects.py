"""Fields that objects of the Kubernetes API share; any of them may be missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from helm_llm.manifests.pod_template import PROBE_DEFAULTS
from helm_llm.typed import Object, mapping, number, text


def name_of(value: object) -> str:
    """`metadata.name`."""
    return text(value, "metadata", "name")


def labels_of(value: object) -> Mapping[str, str]:
    """`metadata.labels`."""
    return mapping(value, "metadata", "labels")


def selects(selector: Mapping[str, str], value: object) -> bool:
    """Whether an object has all labels of a selector; an empty one selects nothing."""
    return bool(selector) and selector.items() <= labels_of(value).items()


def probe_seconds(probe: Object) -> int:
    """Seconds until a probe has failed often enough, with the Kubernetes defaults."""
    # The API server replaces 0 with the default too.
    delay, period, threshold = (
        number(probe, key) or default for key, default in PROBE_DEFAULTS.items()
    )
    return delay + threshold * period


_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,240}", re.ASCII)


def safe_file_name(name: str) -> str:
    """Return a file name for a name that comes from a chart or a cluster.

    It is never a path. A name that is safe already is returned unchanged; another one
    gets a digest, so that different names stay different.
    """
    if _FILE_NAME.fullmatch(name):
        return name
    kept = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:80].strip("-")
    # A name may contain unpaired surrogates, which UTF-8 refuses.
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{kept or 'unnamed'}-{digest}"
