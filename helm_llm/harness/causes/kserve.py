"""InferenceServices that KServe accepted but cannot run.

Their events and their status have the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from helm_llm.harness.causes.patterns import Pattern, find_known
from helm_llm.harness.evidence import Evidence
from helm_llm.harness.result import Diagnosis
from helm_llm.harness.workloads import title
from helm_llm.typed import Object, mappings, text

PATTERNS = (
    Pattern(
        "model-uri",
        r"StorageUri \[(?P<uri>[^\]]*)\] is not supported",
        "KServe cannot download the model from {uri}: it does not support this scheme",
        "use a scheme that it knows: pvc://, oci://, hf://, s3://, gs:// or https://",
        "model-uri-malformed",
    ),
    Pattern(
        "gpu-not-limited",
        r"Limit must be set for non overcommitable resources",
        "the pod requests accelerators without a limit, so Kubernetes rejects it",
        "set resources.limits to the same number",
        "gpu-request-without-limit",
    ),
    Pattern(
        "runtime-missing",
        r"No ServingRuntimes or ClusterServingRuntimes with the name: (?P<name>\S+)",
        "the cluster has no ServingRuntime {name}, but the InferenceService refers to it",
        "`kubectl get servingruntimes,clusterservingruntimes` lists what there is",
    ),
    Pattern(
        "template-braces",
        r"failed to replace placeholders in serving runtime \S+ Container (?P<container>\S+)",
        "KServe reads double braces in the arguments of container {container} as its own template, but cannot fill it",
        "mount what contains them as a file, and name that file in the argument",
        "template-braces-in-arguments",
    ),
)

_BUSY_SECONDS = 45
"""Time a busy controller may take to look at an object for the first time."""


def kserve_refusal(evidence: Evidence) -> Iterator[Diagnosis]:
    """KServe creates no pods. If there are pods, they explain more."""
    if evidence.pods:
        return
    for service in evidence.workloads:
        if service.get("kind") != "InferenceService":
            continue
        messages = list(_messages(evidence, service))
        for message in messages:
            yield from _known_refusals(message)
        for message in messages:
            sentence = f"KServe creates no pods for {title(service)}"
            yield Diagnosis(
                "kserve-refused", sentence, (message,), final=False, settled=False
            )
        yield from _ignored_service(service, evidence.waited)


def _messages(evidence: Evidence, service: Object) -> Iterator[str]:
    yield from evidence.events_of(service, "InternalError")
    if failure := text(service, "status", "modelStatus", "lastFailureInfo", "message"):
        yield failure
    for condition in mappings(service, "status", "conditions"):
        message = text(condition, "message")
        if message and condition.get("status") == "False":
            yield message


def _known_refusals(message: str) -> Iterator[Diagnosis]:
    for known in find_known(PATTERNS, message, (message,)):
        # Helm creates the InferenceService before the ServingRuntime of a chart.
        yield replace(known, settled=known.cause != "runtime-missing")


def _ignored_service(service: Object, waited: float) -> Iterator[Diagnosis]:
    mode = text(service, "metadata", "annotations", "serving.kserve.io/deploymentMode")
    if mode not in ("Serverless", "Knative"):
        return
    if mappings(service, "status", "conditions"):
        return
    yield Diagnosis(
        "knative-absent",
        f"KServe reports no status for {title(service)}: "
        f"its deployment mode {mode} needs Knative",
        (),
        "install Knative, or set deploymentMode: RawDeployment",
        final=waited >= _BUSY_SECONDS,
    )
