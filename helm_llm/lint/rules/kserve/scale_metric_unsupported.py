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
    refused_by="template",
)
def scale_metric_unsupported(serving: ServingSpec) -> Iterator[Problem]:
    """This deployment mode does not support the scaling metric.

    ## Why
    A HorizontalPodAutoscaler scales on CPU or memory; Knative's own autoscaler scales
    on requests. KServe accepts the wrong metric for a Deployment and then scales on 80%
    CPU instead. It does the same for memory without a target.

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
    if over_nodes(serving.values) is not False:
        return
    if on_knative(serving.values):
        yield from _check_knative(serving)
    else:
        yield from _check_deployment(serving)


def _check_deployment(serving: ServingSpec) -> Iterator[Problem]:
    chosen, target = metric(serving.values), _target(serving)
    mode = (Related(MODE, "the mode is set here"),)
    if chosen.value in ("concurrency", "rps"):
        yield Problem(
            chosen.path,
            f"RawDeployment scales on cpu or memory, not on {chosen.value}",
            mode,
        )
    elif chosen.value == "memory" and target == 0:
        yield Problem(
            chosen.path,
            "scaleMetric is memory, but scaling.scaleTarget is not set: "
            "KServe scales on 80% CPU instead",
            mode,
            help="set scaling.scaleTarget to a percentage of the request",
        )
    elif target and target > 100 and checks_targets(serving.values, serving.facts):
        yield Problem(
            TARGET,
            f"scaling.scaleTarget is {target}, "
            "but KServe rejects more than 100 percent",
            mode,
        )


def _target(serving: ServingSpec) -> int | None:
    """The target as a number, 0 if it is not set, None if it is not a number."""
    given = serving.values.get(*TARGET, default="")
    if given == "":
        return 0
    if isinstance(given, int) or str(given).isdecimal():
        return int(given)
    return None


def _check_knative(serving: ServingSpec) -> Iterator[Problem]:
    chosen = metric(serving.values)
    class_path = (*_ANNOTATIONS, _CLASS)
    autoscaler = serving.values.get(*class_path, default=_HPA)
    # Without this annotation, the chart sets the class that cpu and memory need.
    if chosen.value in ("cpu", "memory") and autoscaler != _HPA:
        yield Problem(
            class_path,
            f"{autoscaler} scales on requests, not on {chosen.value}",
            (Related(chosen.path, f"{serving.dotted(chosen.path)} is set here"),),
            help=f"remove the annotation, or set it to {_HPA}",
        )
