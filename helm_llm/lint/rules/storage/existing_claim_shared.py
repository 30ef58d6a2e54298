"""existing-claim-shared."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("existing-claim-shared", Severity.INFO, Confidence.ADVICE)
def existing_claim_shared(serving: ServingSpec) -> Iterator[Problem]:
    """Several pods mount an existing claim that may be limited to one node.

    ## Why
    The values do not show the access mode of an existing claim. If it is ReadWriteOnce,
    pods on a second node stay in ContainerCreating: `Multi-Attach error for volume`.

    If several nodes can mount the claim, state its access mode in
    `persistence.accessMode`. If the cluster has only one node, set `nodes: 1` in the
    facts.

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
    storage, pods = serving.storage, serving.pods
    claim, mode = storage.existing_claim, storage.stated_mode
    if claim is None or pods is None or pods.value < 2:
        return
    if mode and mode.value in ("ReadWriteMany", "ReadOnlyMany"):
        return
    # Pods that all run on one node may share any claim.
    placement = serving.pod.placement
    if serving.facts.nodes == 1 or (placement and placement.keeps_together):
        return
    yield Problem(
        pods.path,
        f"{pods.value} pods mount claim {claim.value}: "
        "its access mode must be ReadWriteMany or ReadOnlyMany",
        related=(Related(claim.path, "the claim is set here"),),
        help="use a claim with such a mode, or storage that every node can reach",
    )
