"""InferenceServices that KServe accepted and cannot run: the reason stands in their events and in their status."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Diagnosis
from helm_llm.harness.workloads import title
from helm_llm.typed import mappings, text

Object = Mapping[str, Any]

# id, what KServe says, our sentence (with the groups of the pattern), what to do, the lint rule
_REFUSALS: tuple[tuple[str, str, str, str, str | None], ...] = (
    (
        "model-uri",
        r"StorageUri \[(?P<uri>[^\]]*)\] is not supported",
        "KServe knows no way to fetch the model from {uri}",
        "use a scheme that it knows: pvc://, oci://, hf://, s3://, gs:// or https://",
        "model-uri-malformed",
    ),
    (
        "gpu-not-limited",
        r"Limit must be set for non overcommitable resources",
        "the pod requests accelerators and does not limit them, so Kubernetes refuses it",
        "set resources.limits to the same number",
        "gpu-request-without-limit",
    ),
    (
        "runtime-missing",
        r"No ServingRuntimes or ClusterServingRuntimes with the name: (?P<name>\S+)",
        "the cluster has no ServingRuntime {name}, which the InferenceService names",
        "`kubectl get servingruntimes,clusterservingruntimes` lists what there is",
        None,
    ),
    (
        "template-braces",
        r"failed to replace placeholders in serving runtime \S+ Container (?P<container>\S+)",
        "KServe reads double braces in the arguments of container {container} as its own template, and cannot fill it",
        "mount what contains them as a file, and name that file in the argument",
        "template-braces-in-arguments",
    ),
)


_BUSY_CONTROLLER = 45
"""Seconds that a controller may need to look at an object for the first time."""


def service_refused(evidence: Evidence) -> Iterator[Diagnosis]:
    """KServe makes no pods of it. Where there are pods, they say more."""
    if evidence.pods:
        return
    for service in evidence.workloads:
        if service.get("kind") == "InferenceService":
            messages = list(_said(evidence, service))
            yield from (found for message in messages if (found := _refusal(message)))
            yield from (_unknown(service, message) for message in messages)
            yield from _not_looked_at(service, evidence.waited)


def _said(evidence: Evidence, service: Object) -> Iterator[str]:
    yield from evidence.events_of(service, "InternalError")
    if failure := text(service, "status", "modelStatus", "lastFailureInfo", "message"):
        yield failure
    for condition in mappings(service, "status", "conditions"):
        if condition.get("status") == "False" and (
            message := text(condition, "message")
        ):
            yield message


def _refusal(message: str) -> Diagnosis | None:
    for cause, pattern, sentence, cure, rule in _REFUSALS:
        if match := re.search(pattern, message):
            found = sentence.format(**match.groupdict())
            # Helm creates an InferenceService before the ServingRuntime of the same chart
            return Diagnosis(
                cause, found, (message,), cure, rule, settled=cause != "runtime-missing"
            )
    return None


def _unknown(service: Object, message: str) -> Diagnosis:
    sentence = f"KServe makes no pods of {title(service)}"
    return Diagnosis("kserve-refused", sentence, (message,), final=False, settled=False)


def _not_looked_at(service: Object, waited: float) -> Iterator[Diagnosis]:
    mode = text(service, "metadata", "annotations", "serving.kserve.io/deploymentMode")
    if mode in ("Serverless", "Knative") and not mappings(
        service, "status", "conditions"
    ):
        yield Diagnosis(
            "knative-absent",
            f"KServe says nothing of {title(service)}, whose deployment mode {mode} needs Knative",
            (),
            "install Knative, or set deploymentMode: RawDeployment",
            final=waited >= _BUSY_CONTROLLER,
        )
