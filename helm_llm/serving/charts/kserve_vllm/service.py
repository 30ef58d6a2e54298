"""The chart kserve-vllm: the switches that decide what KServe creates, and the model's location."""

from __future__ import annotations

import re
from typing import NamedTuple

from helm_llm.facts import Facts
from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.source import Source

MODE = ("deploymentMode",)
TOPOLOGY = ("servingTopology",)
URI = ("model", "uri")
EXISTING_RUNTIME = ("servingRuntime", "useExisting")
DIRECTORY = "/mnt/models"
"""The directory into which KServe puts every model."""

_LOCATION = re.compile(r"([a-z][a-z0-9+.-]*)://([^/]*)/?(.*)", re.DOTALL)
_SCALER = "serving.kserve.io/autoscalerClass"
_KNATIVE = {
    "Serverless": True,
    "Knative": True,
    "RawDeployment": False,
    "Standard": False,
}


def on_knative(values: Source) -> bool | None:
    """Whether Knative runs the pods, rather than a plain Deployment."""
    mode = fields.text(values, *MODE) or ""
    return _KNATIVE.get(mode)


def over_nodes(values: Source) -> bool | None:
    """Whether several pods share the model."""
    topology = fields.text(values, *TOPOLOGY) or ""
    return {"singleNode": False, "multiNode": True}.get(topology)


def own_runtime(values: Source) -> bool:
    """Whether the chart renders the runtime, so that the values describe the container."""
    return not values.get(*EXISTING_RUNTIME)


def from_bucket(values: Source) -> bool | None:
    """Whether the model comes from `model.s3`, rather than from `model.uri`."""
    mode = fields.text(values, "model", "mode") or ""
    return {"s3": True, "uri": False}.get(mode.lower())


class Location(NamedTuple):
    """The URI of a model: `pvc`, `models`, `llama/8b` for pvc://models/llama/8b.

    Without a scheme, `path` is the whole text.
    """

    scheme: str
    host: str
    path: str


def location(values: Source) -> Location | None:
    """The parts of `model.uri`; None if the model comes from elsewhere."""
    if from_bucket(values) is not False:
        return None
    text = fields.text(values, *URI)
    if text is None:
        return None
    match = _LOCATION.match(text)
    if match is None:
        return Location("", "", text)
    scheme, host, path = match.groups()
    return Location(scheme, host, path)


def claim(values: Source) -> Field[str] | None:
    """The claim that holds the model."""
    found = location(values)
    if found is None or found.scheme != "pvc":
        return None
    if not found.host:
        return None
    return Field(found.host, URI)


def release(facts: Facts) -> tuple[int, ...] | None:
    """The release of KServe in the facts; None for OpenShift AI, or without the fact."""
    text = facts.kserve or ""
    match = re.fullmatch(r"v?(\d+(?:\.\d+)+)", text, re.ASCII)
    if match is None:
        return None
    numbers = match[1].split(".")
    return tuple(map(int, numbers))


def checks_targets(values: Source, facts: Facts) -> bool:
    """Whether targets above 100 are refused.

    Releases before 0.15 and OpenShift AI refuse them, and later releases with the
    annotation.
    """
    known = release(facts)
    if known is not None and known < (0, 15):
        return True
    if (facts.kserve or "").startswith("rhoai"):
        return True
    annotations = fields.table(values, "inferenceService", "annotations")
    return annotations.get(_SCALER) == "hpa"
