"""multi-node-serverless."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.charts.kserve_vllm.service import (
    MODE,
    TOPOLOGY,
    on_knative,
    over_nodes,
)
from helm_llm.serving.spec.spec import ServingSpec


@rule(
    "multi-node-serverless",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("kserve-vllm",),
    refused_by="template",
)
def multi_node_serverless(serving: ServingSpec) -> Iterator[Problem]:
    """Multi-node serving does not work on Knative.

    ## Why
    KServe creates the worker pods of a multi-node model only for plain Deployments. On
    Knative nothing rejects the InferenceService, but no worker is ever created. The
    chart therefore rejects these values. Serverless is the chart's default mode.

    ## Bad
    ```yaml
    # chart: kserve-vllm
    servingTopology: multiNode
    model:
      uri: pvc://models/llama
    ```

    ## Good
    ```yaml
    # chart: kserve-vllm
    servingTopology: multiNode
    deploymentMode: RawDeployment
    model:
      uri: pvc://models/llama
    ```
    """
    values = serving.values
    if not over_nodes(values) or not on_knative(values):
        return
    path = serving.chosen((MODE, TOPOLOGY))
    related = (Related(TOPOLOGY, "several nodes are requested here"),)
    yield Problem(
        path,
        "multi-node serving needs RawDeployment, "
        f"but deploymentMode is {values.get(*MODE)}{serving.default(MODE)}",
        () if path == TOPOLOGY else related,
        help="set deploymentMode to RawDeployment",
    )
