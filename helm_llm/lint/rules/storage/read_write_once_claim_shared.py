"""read-write-once-claim-shared."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("read-write-once-claim-shared", Severity.ERROR, Confidence.LIKELY)
def read_write_once_claim_shared(serving: ServingSpec) -> Iterator[Problem]:
    """Several pods share one claim that only one node can mount.

    ## Why
    A ReadWriteOnce volume is attached to one node. Pods that land on another one stay in ContainerCreating with
    `Multi-Attach error for volume`. ReadWriteOncePod admits a single pod, wherever the others run.

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
    mode, pods, placement = (
        serving.storage.shared_claim,
        serving.pods,
        serving.pod.placement,
    )
    # Pods that are all on one node may share a claim of that node.
    together = serving.facts.nodes == 1 or (placement and placement.keeps_together)
    exclusive = (
        ("ReadWriteOncePod",) if together else ("ReadWriteOnce", "ReadWriteOncePod")
    )
    if mode and pods and pods.value > 1 and mode.value in exclusive:
        default = serving.default(mode.path)
        yield Problem(
            pods.path,
            f"{pods.value} pods share one {mode.value} claim{default}: only one node can mount it",
            related=(Related(mode.path, "the access mode is set here"),),
            help="use ReadWriteMany, or a backend that every node has",
        )
