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
    """The location of the model leads nowhere.

    ## Why
    KServe accepts the InferenceService whatever its URI. An unknown scheme only shows in its events, `StorageURI not
    supported`, and no Deployment is made; where the claim has no name, the pod gets no model. A scheme that looks like
    none of KServe's may belong to a storage container of your own, and is left alone.

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
    wrong = _wrong(found) if found else None
    if wrong:
        yield Problem(
            URI, f"model.uri {serving.values.get(*URI) or 'is empty'}: {wrong}"
        )


def _wrong(uri: Location) -> str | None:
    if not uri.scheme:
        return None if uri.path else "say where the model is"
    if uri.scheme == "pvc":
        if not uri.host:
            return "the name of the claim is missing, as in pvc://claim/directory"
        return "a path in a claim has no .." if ".." in uri.path.split("/") else None
    meant = _MEANT.get(uri.scheme) or near(uri.scheme, _SCHEMES)
    return (
        f"KServe knows no {uri.scheme}://, did you mean {meant}://?"
        if uri.scheme not in _SCHEMES and meant
        else None
    )
