"""probes-disabled."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("probes-disabled", Severity.WARNING, Confidence.LIKELY)
def probes_disabled(serving: ServingSpec) -> Iterator[Problem]:
    """Nobody looks whether the server answers.

    ## Why
    Without readiness and liveness probes a server that hangs keeps its requests and is never restarted. Without a
    startup probe as well, the Service sends requests to a pod that still loads its model, and clients get 502 or 503.

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
    off = [
        probes[kind]
        for kind in ("liveness", "readiness")
        if kind in probes and not probes[kind].enabled
    ]
    switches = [(*probe.path, "enabled") for probe in off]
    if len(off) == 2 and any(map(serving.values.user_set, switches)):
        startup = probes.get("startup")
        loading = startup is not None and not startup.enabled
        effect = (
            "traffic reaches a loading pod"
            if loading
            else "a server that hangs keeps its traffic"
        )
        yield Problem(
            switches[0],
            f"liveness and readiness are off: {effect}",
            related=(Related(switches[1], "the other one is off here"),),
            help="switch on one of them at least",
        )
