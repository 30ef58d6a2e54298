"""shared-memory-exceeds-memory-limit."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.spec.spec import ServingSpec


@rule("shared-memory-exceeds-memory-limit", Severity.WARNING, Confidence.CERTAIN)
def shared_memory_exceeds_memory_limit(serving: ServingSpec) -> Iterator[Problem]:
    """The volume at /dev/shm may take all the memory that the container has.

    ## Why
    What is written to a volume of medium Memory counts against the memory limit of the container. A size limit that
    reaches the memory limit protects nothing: when the volume fills, the kernel kills the engine (OOMKilled, 137).

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
    given, limit = serving.pod.shared_memory, serving.resources.limits.get("memory")
    size, memory = quantity(given.value) if given else None, quantity(limit)
    if given and size is not None and memory and size >= memory:
        path = serving.resources.limit("memory")
        primary, other = (
            (given.path, path)
            if serving.values.user_set(given.path)
            else (path, given.path)
        )
        volume, container = (
            f"{given.value}{serving.default(given.path)}",
            f"{limit}{serving.default(path)}",
        )
        yield Problem(
            primary,
            f"the volume at /dev/shm may take {volume}, the memory limit is {container}",
            related=(Related(other, "the other size"),),
            help="raise the memory limit, or lower the size of the volume",
        )
