"""several-storage-backends."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("several-storage-backends", Severity.ERROR, Confidence.CERTAIN)
def several_storage_backends(serving: ServingSpec) -> Iterator[Problem]:
    """Two places for the model cache are chosen, and the chart uses one.

    ## Why
    The chart ranks its storage backends and drops all but the first without a word. The dropped one may be the volume
    that already holds the weights: the model is then downloaded once more, to a disk that may not have the room, and
    the next change of a switch moves the cache again. Nothing in the cluster ever says so. The chart
    aidaptivcache ranks nothing: it mounts claim and NFS export, and the API server refuses two mounts at one path.

    ## Bad
    ```yaml
    # chart: nim-llm
    persistence:
      enabled: true
    ```
    ```yaml
    # chart: nim-llm
    hostPath:
      enabled: true
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    persistence:
      enabled: true
    ```
    ```yaml
    # chart: nim-llm
    persistence:
      enabled: false
    hostPath:
      enabled: true
    ```
    """
    storage = serving.storage
    order = " > ".join(backend.name for backend in storage.backends)
    chosen = [backend for backend in storage.backends if backend.chosen]
    for other in chosen[1:]:
        first = chosen[0]
        message = f"{other.name} is ignored: {first.name} takes precedence ({order}), keep one"
        if storage.clash:
            message = f"{first.name} and {other.name} both mount {storage.clash.value}: keep one, or move one"
        yield Problem(
            other.switch,
            message,
            related=(Related(first.switch, f"{first.name} is chosen here"),),
        )
