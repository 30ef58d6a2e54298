"""shared-memory-exceeds-memory-limit."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.spec.spec import ServingSpec


@rule("shared-memory-exceeds-memory-limit", Severity.WARNING, Confidence.CERTAIN)
def shared_memory_exceeds_memory_limit(serving: ServingSpec) -> Iterator[Problem]:
    """The volume at /dev/shm can use all of the container's memory.

    ## Why
    Files in a volume of medium Memory count towards the memory limit of the container.
    A size limit that reaches the memory limit gives no protection: when the volume
    fills up, the kernel kills the engine (OOMKilled, exit code 137).

    ## Bad
    ```yaml
    # chart: vllm
    shm:
      sizeLimit: 16Gi
    resources:
      limits:
        memory: 16Gi
    ```

    ## Good
    ```yaml
    # chart: vllm
    shm:
      sizeLimit: 4Gi
    resources:
      limits:
        memory: 16Gi
    ```
    """
    volume, limit = serving.pod.shared_memory, serving.resources.limits.get("memory")
    if volume is None:
        return
    size, memory = quantity(volume.value), quantity(limit)
    if size is None or not memory or size < memory:
        return
    limit_path = serving.resources.limit("memory")
    primary, related = limit_path, Related(volume.path, "the volume's size is set here")
    if serving.values.is_user_set(volume.path):
        primary = volume.path
        related = Related(limit_path, "the memory limit is set here")
    yield Problem(
        primary,
        "the volume at /dev/shm may grow to "
        f"{volume.value}{serving.default(volume.path)}, "
        f"but the memory limit is {limit}{serving.default(limit_path)}",
        related=(related,),
        help="raise the memory limit, or lower the size of the volume",
    )
