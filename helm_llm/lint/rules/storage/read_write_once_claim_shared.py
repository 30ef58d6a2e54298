"""read-write-once-claim-shared."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("read-write-once-claim-shared", Severity.ERROR, Confidence.LIKELY)
def read_write_once_claim_shared(serving: ServingSpec) -> Iterator[Problem]:
    """Several pods share a claim that only one node can mount.

    ## Why
    A ReadWriteOnce volume can be attached to only one node. Pods on other nodes stay in
    ContainerCreating with `Multi-Attach error for volume`. ReadWriteOncePod allows only
    a single pod, even if all pods run on the same node.

    ## Bad
    ```yaml
    # chart: vllm
    replicaCount: 2
    ```

    ## Good
    ```yaml
    # chart: vllm
    replicaCount: 2
    persistence:
      accessMode: ReadWriteMany
    ```
    """
    mode, pods = serving.storage.shared_claim, serving.pods
    if mode is None or pods is None or pods.value < 2:
        return
    placement = serving.pod.placement
    # Pods that all run on one node may share a claim of that node.
    together = serving.facts.nodes == 1 or (placement and placement.keeps_together)
    if mode.value == "ReadWriteOncePod":
        limit = "pod"
    elif mode.value == "ReadWriteOnce" and not together:
        limit = "node"
    else:
        return
    yield Problem(
        pods.path,
        f"{pods.value} pods share one {mode.value} claim{serving.default(mode.path)}, "
        f"but only one {limit} can mount it",
        related=(Related(mode.path, "the access mode is set here"),),
        help="use ReadWriteMany, or storage that every node can reach",
    )
