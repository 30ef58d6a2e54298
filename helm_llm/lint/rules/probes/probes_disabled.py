"""probes-disabled."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("probes-disabled", Severity.WARNING, Confidence.LIKELY)
def probes_disabled(serving: ServingSpec) -> Iterator[Problem]:
    """Liveness and readiness probes are both disabled.

    ## Why
    Without these probes, a server that hangs keeps receiving requests and is never
    restarted. If the startup probe is disabled too, the Service sends requests to a pod
    that is still loading its model, and clients get 502 or 503.

    ## Bad
    ```yaml
    # chart: vllm
    livenessProbe:
      enabled: false
    readinessProbe:
      enabled: false
    ```

    ## Good
    ```yaml
    # chart: vllm
    livenessProbe:
      enabled: false
    ```
    """
    probes = {probe.kind: probe for probe in serving.pod.probes or ()}
    liveness, readiness = probes.get("liveness"), probes.get("readiness")
    if liveness is None or readiness is None or liveness.enabled or readiness.enabled:
        return
    switches = [(*probe.path, "enabled") for probe in (liveness, readiness)]
    if not any(map(serving.values.is_user_set, switches)):
        return
    startup = probes.get("startup")
    effect = "a server that hangs keeps receiving requests"
    if startup and not startup.enabled:
        effect = "requests reach a pod that is still loading"
    yield Problem(
        switches[0],
        f"liveness and readiness probes are both disabled: {effect}",
        related=(Related(switches[1], "the readiness probe is disabled here"),),
        help="enable at least one of them",
    )
