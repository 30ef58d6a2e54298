"""The chart kserve-vllm: the switches that decide what KServe makes, and where it gets the model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from helm_llm.facts import Facts
from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.values.layers import Values

MODE = ("deploymentMode",)
TOPOLOGY = ("servingTopology",)
URI = ("model", "uri")
EXISTING_RUNTIME = ("servingRuntime", "useExisting")
DIRECTORY = "/mnt/models"
"""Where KServe puts the model, whatever it comes from."""

_SCALER = "serving.kserve.io/autoscalerClass"
_KNATIVE = {
    "Serverless": True,
    "Knative": True,
    "RawDeployment": False,
    "Standard": False,
}


def on_knative(values: Values) -> bool | None:
    """Whether Knative runs the pods, else a plain Deployment."""
    return _KNATIVE.get(fields.text(values, *MODE) or "")


def over_nodes(values: Values) -> bool | None:
    """Whether several pods share the model."""
    return {"singleNode": False, "multiNode": True}.get(
        fields.text(values, *TOPOLOGY) or ""
    )


def own_runtime(values: Values) -> bool:
    """Whether the chart makes the runtime, so that the values say what runs."""
    return not values.get(*EXISTING_RUNTIME)


def from_bucket(values: Values) -> bool | None:
    """Whether the model comes from `model.s3`, else from `model.uri`."""
    return {"s3": True, "uri": False}.get(
        (fields.text(values, "model", "mode") or "").lower()
    )


@dataclass(frozen=True, slots=True)
class Location:
    """A URI of a model: `pvc`, `models`, `llama/8b` for pvc://models/llama/8b. Without a scheme all is `path`."""

    scheme: str
    host: str
    path: str


def location(values: Values) -> Location | None:
    """Where `model.uri` leads; None if the model comes from elsewhere."""
    text = fields.text(values, *URI)
    if from_bucket(values) is not False or text is None:
        return None
    match = re.match(r"([a-z][a-z0-9+.-]*)://([^/]*)/?(.*)", text, re.DOTALL)
    return Location(match[1], match[2], match[3]) if match else Location("", "", text)


def claim(values: Values) -> Field[str] | None:
    """The claim that holds the model."""
    found = location(values)
    return (
        Field(found.host, URI)
        if found and found.scheme == "pvc" and found.host
        else None
    )


def release(facts: Facts) -> tuple[int, ...] | None:
    """The KServe release that the facts name; None where they name none, or OpenShift AI."""
    numbers = re.fullmatch(r"v?(\d+(?:\.\d+)+)", facts.kserve or "", re.ASCII)
    return tuple(map(int, numbers[1].split("."))) if numbers else None


def checks_targets(values: Values, facts: Facts) -> bool:
    """Whether targets above 100 are refused: before 0.15, by OpenShift AI, and where the class is asked for."""
    known, annotations = (
        release(facts),
        fields.table(values, "inferenceService", "annotations"),
    )
    old = known is not None and known < (0, 15)
    return (
        old
        or (facts.kserve or "").startswith("rhoai")
        or annotations.get(_SCALER) == "hpa"
    )
