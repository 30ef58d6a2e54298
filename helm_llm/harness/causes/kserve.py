"""InferenceServices that KServe accepted and cannot run: the reason stands in their events and in their status."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from helm_llm.harness.evidence import Evidence
from helm_llm.harness.paths import at
from helm_llm.harness.result import Diagnosis
from helm_llm.harness.workloads import title

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


def service_refused(evidence: Evidence) -> Iterator[Diagnosis]:
    """KServe makes no pods of it. Where there are pods, they say more."""
    if evidence.pods:
        return
    for service in evidence.workloads:
        if service.get("kind") == "InferenceService":
            yield from (_refusal(service, message) for message in _said(evidence, service))
            yield from _not_looked_at(service)


def _said(evidence: Evidence, service: Object) -> Iterator[str]:
    yield from evidence.events_of(service, "InternalError")
    if failure := at(service, "status", "modelStatus", "lastFailureInfo", "message"):
        yield str(failure)
    for condition in at(service, "status", "conditions") or ():
        if condition.get("status") == "False" and condition.get("message"):
            yield str(condition["message"])


def _refusal(service: Object, message: str) -> Diagnosis:
    for cause, pattern, sentence, cure, rule in _REFUSALS:
        if match := re.search(pattern, message):
            return Diagnosis(cause, sentence.format(**match.groupdict()), (message,), cure, rule)
    return Diagnosis("kserve-refused", f"KServe makes no pods of {title(service)}", (message,), final=False)


def _not_looked_at(service: Object) -> Iterator[Diagnosis]:
    mode = str(at(service, "metadata", "annotations", "serving.kserve.io/deploymentMode") or "of the cluster's default")
    if mode in ("Serverless", "Knative") and not at(service, "status", "conditions"):
        yield Diagnosis(
            "knative-absent",
            f"KServe says nothing of {title(service)}, whose deployment mode {mode} needs Knative",
            (),
            "install Knative, or set deploymentMode: RawDeployment",
        )
