"""existing-claim-shared."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("existing-claim-shared", Severity.INFO, Confidence.ADVICE)
def existing_claim_shared(serving: ServingSpec) -> Iterator[Problem]:
    """Several pods mount a claim of which nothing says that several nodes can.

    ## Why
    Values do not show the access mode of a claim that exists already. If it is ReadWriteOnce, pods on a second node
    stay in ContainerCreating: `Multi-Attach error for volume`. Where the claim is made for many nodes, say so in
    `persistence.accessMode`, or say that there is one node with `nodes: 1` among the facts.

    ## Bad
    ```yaml
    # chart: vllm
    replicaCount: 2
    persistence:
      existingClaim: models
    ```

    ## Good
    ```yaml
    # chart: vllm
    replicaCount: 2
    persistence:
      existingClaim: models
      accessMode: ReadWriteMany
    ```
    """
    claim, mode, pods = (
        serving.storage.existing_claim,
        serving.storage.stated_mode,
        serving.pods,
    )
    many = mode is not None and mode.value in ("ReadWriteMany", "ReadOnlyMany")
    together = serving.facts.nodes == 1 or (
        serving.pod.placement and serving.pod.placement.keeps_together
    )
    if claim and pods and pods.value > 1 and not many and not together:
        yield Problem(
            pods.path,
            f"{pods.value} pods mount claim {claim.value}: it must be ReadWriteMany or ReadOnlyMany",
            related=(Related(claim.path, "the claim is named here"),),
            help="use one such claim, or a backend that every node has",
        )
