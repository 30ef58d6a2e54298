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

_SOURCES = "multi-node loads from pvc:// or oci://"
_FIRST_WITH_OCI = (0, 16)


@rule(
    "multi-node-source-unsupported",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("kserve-vllm",),
)
def multi_node_source_unsupported(serving: ServingSpec) -> Iterator[Problem]:
    """Several nodes are to load a model from where only one pod can.

    ## Why
    All pods of a group need the model, and KServe prepares it for a group from a claim, or since 0.16 from an image.
    The Hub is refused, `Multinode only supports 'pvc' and 'oci' Storage Protocol(hf)`; our chart refuses a bucket.

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
    sentence = _unsupported(serving) if over_nodes(values) else None
    if sentence:
        path = ("model", "mode") if from_bucket(values) else URI
        yield Problem(
            path, sentence, (Related(TOPOLOGY, "several nodes are asked for here"),)
        )


def _unsupported(serving: ServingSpec) -> str | None:
    """An empty location is another rule's."""
    found, known = location(serving.values), release(serving.facts)
    if from_bucket(serving.values):
        return f"{_SOURCES}, not from a bucket"
    if found is None or found.scheme in ("", "pvc"):
        return None
    if found.scheme != "oci":
        return f"{_SOURCES}, not from {found.scheme}://"
    old = known is not None and known < _FIRST_WITH_OCI
    return (
        f"multi-node loads from oci:// since KServe 0.16, this is {serving.facts.kserve}"
        if old
        else None
    )
