"""shared-memory-absent."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Pod
from helm_llm.serving.spec.spec import ServingSpec


@rule("shared-memory-absent", Severity.ERROR, Confidence.LIKELY)
def shared_memory_absent(serving: ServingSpec) -> Iterator[Problem]:
    """Several ranks share /dev/shm, which has only the default size of 64 MiB.

    ## Why
    The ranks in a pod exchange messages through /dev/shm. The engine needs 160 MiB
    there, plus 240 MiB for each rank. Otherwise it stops with
    `Insufficient space in /dev/shm`; older releases stop with a bus error or
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
    mounted, sharing = serving.shared_memory, serving.ranks_per_pod
    if serving.ranks is None or sharing is None or sharing < 2 or mounted.value:
        return
    if _uses_memory_of_node(serving.pod):
        return
    # The largest degree is the most likely cause.
    causes = serving.ranks.largest_first[:1]
    yield Problem(
        mounted.path,
        f"{sharing} ranks share /dev/shm, but it has only the default size of 64 MiB",
        related=tuple(Related(cause.path, f"{cause} is set here") for cause in causes),
        help="mount a volume of medium Memory at /dev/shm",
    )


def _uses_memory_of_node(pod: Pod) -> bool:
    """With hostIPC, /dev/shm is that of the node."""
    if pod.security is None:
        return False
    return any(privilege.value == "hostIPC" for _, privilege in pod.security.privileges)
