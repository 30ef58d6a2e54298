"""shared-memory-absent."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Pod
from helm_llm.serving.spec.spec import ServingSpec


@rule("shared-memory-absent", Severity.ERROR, Confidence.LIKELY)
def shared_memory_absent(serving: ServingSpec) -> Iterator[Problem]:
    """Several ranks have to share the 64 MiB that a container gets at /dev/shm.

    ## Why
    The ranks of one pod pass messages through /dev/shm, for which the engine alone wants 160 MiB and 240 MiB more per
    rank. It stops with `Insufficient space in /dev/shm`, older ones with a bus error or
    `Error while creating shared memory segment /dev/shm/nccl-..`.

    ## Bad
    ```yaml
    # chart: vllm
    shm:
      enabled: false
    vllm:
      tensorParallelSize: 2
    ```

    ## Good
    ```yaml
    # chart: vllm
    shm:
      enabled: true
      sizeLimit: 2Gi
    vllm:
      tensorParallelSize: 2
    ```
    """
    mounted, ranks, sharing = (
        serving.shared_memory,
        serving.ranks,
        serving.ranks_per_pod,
    )
    if (
        ranks
        and sharing
        and sharing > 1
        and not mounted.value
        and not _is_the_nodes(serving.pod)
    ):
        yield Problem(
            mounted.path,
            f"{sharing} ranks share /dev/shm, which has the 64 MiB default",
            related=tuple(
                Related(degree.path, f"{degree} is set here")
                for degree in ranks.largest_first[:1]
            ),
            help="mount a volume of medium Memory there",
        )


def _is_the_nodes(pod: Pod) -> bool:
    """Whether the pod has the /dev/shm of its node."""
    return any(
        privilege.value == "hostIPC"
        for _, privilege in (pod.security.privileges if pod.security else ())
    )
