"""scale-metric-unsupported."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.charts.kserve_vllm.scaling import TARGET, metric
from helm_llm.serving.charts.kserve_vllm.service import (
    MODE,
    checks_targets,
    on_knative,
    over_nodes,
)
from helm_llm.serving.spec.spec import ServingSpec

_ANNOTATIONS = ("inferenceService", "annotations")
_CLASS, _HPA = "autoscaling.knative.dev/class", "hpa.autoscaling.knative.dev"


@rule(
    "scale-metric-unsupported",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("kserve-vllm",),
)
def scale_metric_unsupported(serving: ServingSpec) -> Iterator[Problem]:
    """The model is to scale on what its deployment mode cannot measure.

    ## Why
    A HorizontalPodAutoscaler measures cpu and memory, Knative's own autoscaler requests. KServe accepts the wrong one
    for a Deployment and then scales on 80 % of the cpu; so it does for memory without a target.

    ## Bad
    ```yaml
    # chart: kserve-vllm
    deploymentMode: RawDeployment
    scaling:
      maxReplicas: 3
      scaleMetric: concurrency
    ```

    ## Good
    ```yaml
    # chart: kserve-vllm
    deploymentMode: RawDeployment
    scaling:
      maxReplicas: 3
      scaleMetric: memory
      scaleTarget: 80
    ```
    """
    if over_nodes(serving.values) is False:
        yield from (
            _on_knative(serving)
            if on_knative(serving.values)
            else _by_kubernetes(serving)
        )


def _by_kubernetes(serving: ServingSpec) -> Iterator[Problem]:
    chosen, target = metric(serving.values), _target(serving)
    mode = (Related(MODE, "the mode is set here"),)
    if chosen.value in ("concurrency", "rps"):
        yield Problem(
            chosen.path,
            f"RawDeployment scales on cpu or memory, not on {chosen.value}",
            mode,
        )
    elif chosen.value == "memory" and target == 0:
        message = "memory without scaling.scaleTarget: KServe scales on 80 % of the cpu instead"
        yield Problem(
            chosen.path,
            message,
            mode,
            help="set scaling.scaleTarget, in percent of the request",
        )
    elif (
        target is not None
        and target > 100
        and checks_targets(serving.values, serving.facts)
    ):
        yield Problem(
            TARGET,
            f"scaling.scaleTarget {target}: KServe takes 1 to 100 percent here",
            mode,
        )


def _target(serving: ServingSpec) -> int | None:
    """0 where none is set."""
    given = serving.values.get(*TARGET, default="")
    return (
        int(given or 0)
        if isinstance(given, int) or str(given).isdecimal() or given == ""
        else None
    )


def _on_knative(serving: ServingSpec) -> Iterator[Problem]:
    chosen = metric(serving.values)
    own = (*_ANNOTATIONS, _CLASS)
    scaler = serving.values.get(*own, default=_HPA)
    if chosen.value in ("cpu", "memory") and scaler != _HPA:
        message = f"{scaler} scales on requests, not on {chosen.value}"
        yield Problem(
            own,
            message,
            (Related(chosen.path, f"{serving.dotted(chosen.path)} is set here"),),
            help=f"remove it, or set {_HPA}",
        )
