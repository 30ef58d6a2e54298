"""liveness-before-startup."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.model_name import billions, seconds_to_start
from helm_llm.serving.spec.spec import ServingSpec


@rule("liveness-before-startup", Severity.WARNING, Confidence.LIKELY)
def liveness_before_startup(serving: ServingSpec) -> Iterator[Problem]:
    """Without a startup probe the liveness probe kills the pod while it loads.

    ## Why
    A startup probe holds the other two back. Without one the liveness probe begins after its own initial delay, and a
    server that is still loading does not answer: it is killed with exit code 137, starts from the beginning, and is
    killed again.

    ## Bad
    ```yaml
    # chart: nim-llm
    startupProbe:
      enabled: false
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    startupProbe:
      enabled: false
    livenessProbe:
      initialDelaySeconds: 600
    ```
    """
    probes = {probe.kind: probe for probe in serving.pod.probes or ()}
    liveness, startup, model = (
        probes.get("liveness"),
        probes.get("startup"),
        serving.model,
    )
    if liveness and liveness.enabled and startup and not startup.enabled:
        parameters = billions(model.name)
        needed = (
            seconds_to_start(parameters, local=model.local) if parameters else _UNKNOWN
        )
        if liveness.seconds < needed:
            delay, switch = (
                (*liveness.path, "initialDelaySeconds"),
                (*startup.path, "enabled"),
            )
            primary = serving.chosen((delay, switch))
            yield Problem(
                primary,
                f"liveness kills the pod after {liveness.seconds} s, loading takes up to {needed} s",
                related=(
                    Related(
                        switch if primary == delay else delay,
                        "the startup probe and its replacement",
                    ),
                ),
                help="switch the startup probe on, or raise the initial delay of the liveness probe",
            )


_UNKNOWN = 300
"""Seconds that a small model takes."""
