"""liveness-before-startup."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.model_name import billions, seconds_to_start
from helm_llm.serving.spec.spec import ServingSpec


@rule("liveness-before-startup", Severity.WARNING, Confidence.LIKELY)
def liveness_before_startup(serving: ServingSpec) -> Iterator[Problem]:
    """Without a startup probe, the liveness probe kills the pod while the model loads.

    ## Why
    A startup probe delays the other two probes until the server is up. Without it, the
    liveness probe begins after its own initial delay. A server that is still loading
    does not answer, so kubelet kills it with exit code 137. It starts from the
    beginning and is killed again.

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
    liveness, startup = probes.get("liveness"), probes.get("startup")
    if liveness is None or startup is None or not liveness.enabled or startup.enabled:
        return
    needed, model = _SMALL_MODEL, serving.model
    if parameters := billions(model.name):
        needed = seconds_to_start(parameters, local=model.local)
    if liveness.seconds >= needed:
        return
    delay = (*liveness.path, "initialDelaySeconds")
    switch = (*startup.path, "enabled")
    primary = serving.chosen((delay, switch))
    related = Related(switch, "the startup probe is disabled here")
    if primary == switch:
        related = Related(delay, "the initial delay is set here")
    yield Problem(
        primary,
        f"the liveness probe kills the pod after {liveness.seconds} s, "
        f"but loading the model takes up to {needed} s",
        related=(related,),
        help="enable the startup probe, "
        "or raise the initial delay of the liveness probe",
    )


_SMALL_MODEL = 300
"""Seconds that a small model takes, for models whose size is unknown."""
