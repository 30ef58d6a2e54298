"""model-uri-malformed."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.suggest import near
from helm_llm.serving.charts.kserve_vllm.service import URI, Location, location
from helm_llm.serving.spec.spec import ServingSpec

_SCHEMES = (
    "file",
    "gs",
    "hdfs",
    "hf",
    "http",
    "https",
    "oci",
    "oci+native",
    "pvc",
    "s3",
    "webhdfs",
)
_MEANT = {"docker": "oci", "gcs": "gs", "huggingface": "hf", "nfs": "pvc", "s3a": "s3"}


@rule(
    "model-uri-malformed", Severity.ERROR, Confidence.CERTAIN, charts=("kserve-vllm",)
)
def model_uri_malformed(serving: ServingSpec) -> Iterator[Problem]:
    """The URI of the model is invalid.

    ## Why
    KServe accepts an InferenceService with any URI. An unknown scheme only appears in
    the events, as `StorageURI not supported`, and no Deployment is created. If a
    `pvc://` URI does not name the claim, the pod gets no model.

    A scheme that does not resemble any of KServe's is not reported, because it may
    belong to a storage container that you have added to KServe.

    ## Bad
    ```yaml
    # chart: kserve-vllm
    model:
      uri: huggingface://Qwen/Qwen3-8B
    ```

    ## Good
    ```yaml
    # chart: kserve-vllm
    model:
      uri: hf://Qwen/Qwen3-8B
    ```
    """
    found = location(serving.values)
    if found is None:
        return
    uri = serving.values.get(*URI)
    if not found.scheme and not found.path:
        yield Problem(URI, "model.uri is empty: set it to the location of the model")
    elif complaint := _complaint(found):
        yield Problem(URI, f"model.uri {uri}: {complaint}")


def _complaint(uri: Location) -> str | None:
    # A path without a scheme is refused by the chart's schema.
    if not uri.scheme:
        return None
    if uri.scheme == "pvc":
        if not uri.host:
            return "the name of the claim is missing, as in pvc://claim/directory"
        if ".." in uri.path.split("/"):
            return "a path in a claim must not contain .."
    if uri.scheme in _SCHEMES:
        return None
    meant = _MEANT.get(uri.scheme) or near(uri.scheme, _SCHEMES)
    if meant is None:
        return None
    return f"KServe does not support {uri.scheme}://, did you mean {meant}://?"
