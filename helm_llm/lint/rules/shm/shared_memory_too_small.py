"""shared-memory-too-small."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.spec.spec import ServingSpec


@rule("shared-memory-too-small", Severity.WARNING, Confidence.LIKELY)
def shared_memory_too_small(serving: ServingSpec) -> Iterator[Problem]:
    """The ranks of a pod need more at /dev/shm than its volume may take.

    ## Why
    The engine keeps a ring of ten blocks of 16 MiB there and ten of 24 MiB for each rank,
    NCCL its own segments besides. When the limit is reached, the engine stops with
    `Insufficient space in /dev/shm`, older ones with a bus error or
    `Error while creating shared memory segment /dev/shm/nccl-..`.

    ## Bad
    ```yaml
    # chart: vllm
    shm:
      sizeLimit: 512Mi
    vllm:
      tensorParallelSize: 4
    ```

    ## Good
    ```yaml
    # chart: vllm
    shm:
      sizeLimit: 2Gi
    vllm:
      tensorParallelSize: 4
    ```
    """
    given, ranks, sharing = (
        serving.pod.shared_memory,
        serving.ranks,
        serving.ranks_per_pod,
    )
    size = quantity(given.value) if given else None
    if given and size is not None and ranks and sharing and sharing > 1:
        needed = max(_LEAST, _RING + _EACH * sharing)
        if size < needed * _MEBIBYTE:
            size_given = f"{given.value}{serving.default(given.path)}"
            yield Problem(
                given.path,
                f"the volume at /dev/shm has {size_given}, {sharing} ranks need about {needed} MiB",
                related=tuple(
                    Related(degree.path, f"{degree} is set here")
                    for degree in ranks.largest_first[:1]
                ),
                help=f"raise it to {needed}Mi",
            )


_MEBIBYTE = 1024**2
_LEAST, _RING, _EACH = 1024, 160, 240
"""MiB: what NCCL and the engine need at all, the engine's ring, and each rank's blocks."""
