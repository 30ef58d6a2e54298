"""multi-node-source-unsupported."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.charts.kserve_vllm.service import (
    TOPOLOGY,
    URI,
    from_bucket,
    location,
    over_nodes,
    release,
)
from helm_llm.serving.spec.spec import ServingSpec

_SOURCES = "a multi-node model is loaded from pvc:// or oci://"
_FIRST_WITH_OCI = (0, 16)


@rule(
    "multi-node-source-unsupported",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("kserve-vllm",),
    refused_by="template",
)
def multi_node_source_unsupported(serving: ServingSpec) -> Iterator[Problem]:
    """A multi-node model cannot be loaded from this source.

    ## Why
    All pods of a multi-node model need its files. KServe provides them from a claim or,
    since 0.16, from an image. It rejects the Hub with
    `Multinode only supports 'pvc' and 'oci' Storage Protocol(hf)`. The chart rejects a
    bucket.

    ## Bad
    ```yaml
    # chart: kserve-vllm
    deploymentMode: RawDeployment
    servingTopology: multiNode
    model:
      uri: hf://meta-llama/Llama-3.3-70B-Instruct
    ```

    ## Good
    ```yaml
    # chart: kserve-vllm
    deploymentMode: RawDeployment
    servingTopology: multiNode
    model:
      uri: pvc://models/llama-3.3-70b-instruct
    ```
    """
    values = serving.values
    if not over_nodes(values):
        return
    complaint = _complaint(serving)
    if complaint is None:
        return
    yield Problem(
        ("model", "mode") if from_bucket(values) else URI,
        complaint,
        (Related(TOPOLOGY, "several nodes are requested here"),),
    )


def _complaint(serving: ServingSpec) -> str | None:
    if from_bucket(serving.values):
        return f"{_SOURCES}, not from a bucket"
    source, known = location(serving.values), release(serving.facts)
    # An empty URI belongs to model-uri-malformed.
    if source is None or source.scheme in ("", "pvc"):
        return None
    if source.scheme != "oci":
        return f"{_SOURCES}, not from {source.scheme}://"
    if known is None or known >= _FIRST_WITH_OCI:
        return None
    return (
        "multi-node serving from oci:// needs KServe 0.16, "
        f"but facts.kserve is {serving.facts.kserve}"
    )
