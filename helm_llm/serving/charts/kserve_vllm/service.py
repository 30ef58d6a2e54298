"""The chart kserve-vllm: the switches that decide what KServe creates, and the model's location."""

from __future__ import annotations

import re
from dataclasses import dataclass

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

_SCALER = "serving.kserve.io/autoscalerClass"
_KNATIVE = {
    "Serverless": True,
    "Knative": True,
    "RawDeployment": False,
    "Standard": False,
}


def on_knative(values: Source) -> bool | None:
    """Whether Knative runs the pods, rather than a plain Deployment."""
    return _KNATIVE.get(fields.text(values, *MODE) or "")


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


@dataclass(frozen=True, slots=True)
class Location:
    """The URI of a model: `pvc`, `models`, `llama/8b` for pvc://models/llama/8b.

    Without a scheme, `path` is the whole text.
    """

    scheme: str
    host: str
    path: str


def location(values: Source) -> Location | None:
    """The parts of `model.uri`; None if the model comes from elsewhere."""
    text = fields.text(values, *URI)
    if from_bucket(values) is not False or text is None:
        return None
    match = re.match(r"([a-z][a-z0-9+.-]*)://([^/]*)/?(.*)", text, re.DOTALL)
    if match is None:
        return Location("", "", text)
    return Location(match[1], match[2], match[3])


def claim(values: Source) -> Field[str] | None:
    """The claim that holds the model."""
    found = location(values)
    if found is None or found.scheme != "pvc" or not found.host:
        return None
    return Field(found.host, URI)


def release(facts: Facts) -> tuple[int, ...] | None:
    """The release of KServe in the facts; None for OpenShift AI, or without the fact."""
    numbers = re.fullmatch(r"v?(\d+(?:\.\d+)+)", facts.kserve or "", re.ASCII)
    if numbers is None:
        return None
    return tuple(map(int, numbers[1].split(".")))


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
