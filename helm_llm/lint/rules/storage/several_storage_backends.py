"""several-storage-backends."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("several-storage-backends", Severity.ERROR, Confidence.CERTAIN)
def several_storage_backends(serving: ServingSpec) -> Iterator[Problem]:
    """Several storage backends are set, but the chart uses only one.

    ## Why
    The chart uses the backend with the highest precedence and silently ignores the
    others. An ignored backend may be the volume that already contains the weights. The
    model is then downloaded again, possibly to a disk that is too small, and the cache
    moves again the next time a backend is enabled or disabled. Nothing in the cluster
    reports this.

    The aidaptivcache chart has no precedence: it mounts both the claim and the NFS
    export, and the API server rejects two mounts at the same path.

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
        message = f"{other.name} is ignored: {first.name} takes precedence ({order})"
        help = "keep one of them"
        # In a chart without precedence, all backends are mounted.
        if storage.clash:
            path = storage.clash.value
            message = f"{first.name} and {other.name} are both mounted at {path}"
            help = "keep one of them, or mount one at another path"
        yield Problem(
            other.switch,
            message,
            related=(Related(first.switch, f"{first.name} is set here"),),
            help=help,
        )
