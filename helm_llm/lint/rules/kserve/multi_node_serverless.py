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
    "multi-node-serverless", Severity.ERROR, Confidence.CERTAIN, charts=("kserve-vllm",)
)
def multi_node_serverless(serving: ServingSpec) -> Iterator[Problem]:
    """A model over several nodes is to run on Knative.

    ## Why
    KServe makes the workers of a group for plain Deployments only. With Knative nothing refuses the InferenceService,
    and no worker is ever made, so our chart refuses it. Serverless is the chart's default.

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
    if over_nodes(values) and on_knative(values):
        path = serving.chosen((MODE, TOPOLOGY))
        message = f"multi-node needs RawDeployment, deploymentMode is {values.get(*MODE)}{serving.default(MODE)}"
        related = (
            ()
            if path == TOPOLOGY
            else (Related(TOPOLOGY, "several nodes are asked for here"),)
        )
        yield Problem(
            path, message, related, help="set deploymentMode to RawDeployment"
        )
