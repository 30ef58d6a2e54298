"""shared-memory-too-small."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.spec.spec import ServingSpec


@rule("shared-memory-too-small", Severity.WARNING, Confidence.LIKELY)
def shared_memory_too_small(serving: ServingSpec) -> Iterator[Problem]:
    """The volume at /dev/shm is too small for the ranks in the pod.

    ## Why
    The engine keeps a ring of ten blocks of 16 MiB there, plus ten blocks of 24 MiB for
    each rank. NCCL adds its own segments. When the volume is full, the engine stops
    with `Insufficient space in /dev/shm`; older releases stop with a bus error or
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
    volume, sharing = serving.pod.shared_memory, serving.ranks_per_pod
    if volume is None or serving.ranks is None or sharing is None or sharing < 2:
        return
    size = quantity(volume.value)
    needed = max(_MINIMUM, _RING + _PER_RANK * sharing)
    if size is None or size >= needed * _MEBIBYTE:
        return
    causes = serving.ranks.largest_first[:1]
    yield Problem(
        volume.path,
        f"the volume at /dev/shm has {volume.value}{serving.default(volume.path)}, "
        f"but {sharing} ranks need about {needed} MiB",
        related=tuple(Related(cause.path, f"{cause} is set here") for cause in causes),
        help=f"raise it to {needed}Mi",
    )


_MEBIBYTE = 1024**2
# in MiB
_MINIMUM = 1024  # for the engine and NCCL together
_RING = 160  # ten blocks of 16 MiB
_PER_RANK = 240  # ten blocks of 24 MiB
