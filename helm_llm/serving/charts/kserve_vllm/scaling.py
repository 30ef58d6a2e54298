"""The chart kserve-vllm: how many pods there are, and how they are replaced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helm_llm.serving.charts.kserve_vllm.service import TOPOLOGY, on_knative, over_nodes
from helm_llm.serving.read import fields, scaling
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.scaling import Autoscaling, Rollout
from helm_llm.serving.spec.spec import Nodes
from helm_llm.values.layers import Values

_FEWEST, _MOST = ("scaling", "minReplicas"), ("scaling", "maxReplicas")
_METRIC, TARGET = ("scaling", "scaleMetric"), ("scaling", "scaleTarget")
_NODES = ("multiNode", "pipelineParallelSize")
_STRATEGY = ("scaling", "rawDeployment", "deploymentStrategy")


def nodes(values: Values) -> Nodes | None:
    """The pods that share a model, if several do. KServe gives them no autoscaler."""
    count = fields.whole(values, *_NODES)
    if not over_nodes(values) or count is None:
        return None
    kind = "multi-node InferenceService"
    return Nodes(
        Field(count, _NODES), None, TOPOLOGY, kind, unscaled=tuple(_unscaled(values))
    )


def _unscaled(values: Values) -> Iterator[Field[Any]]:
    for path in (_FEWEST, _MOST):
        if (fields.whole(values, *path) or 0) > 1:
            yield Field(values.get(*path), path)
    for path in (_METRIC, TARGET):
        if values.get(*path):
            yield Field(values.get(*path), path)


def pods(values: Values) -> Field[int] | None:
    """As many as the autoscaler may start; unknown if it has no limit."""
    fewest, most, group = (
        fields.whole(values, *_FEWEST),
        fields.whole(values, *_MOST),
        nodes(values),
    )
    several = over_nodes(values)
    if fewest is None or most is None or several is None:
        return None
    if several:
        return Field(max(fewest, 1) * group.count.value, _NODES) if group else None
    if not most and on_knative(values) is not False:
        return None
    return Field(max(fewest, most, 1), _FEWEST if fewest > most else _MOST)


def autoscaling(values: Values) -> Autoscaling | None:
    """KServe makes an autoscaler for every service but those of several nodes."""
    fewest, most = fields.whole(values, *_FEWEST), fields.whole(values, *_MOST)
    if over_nodes(values) is not False or on_knative(values) is None:
        return None
    return Autoscaling(
        minimum=None if fewest is None else Field(fewest, _FEWEST),
        maximum=Field(most, _MOST) if most else None,
        utilization=_utilization(values) if (most or 0) > max(fewest or 0, 1) else (),
    )


def metric(values: Values) -> Field[str]:
    """The metric that counts; the empty one where KServe chooses."""
    documented = ("scaling", "serverless", "scaleMetric")
    path = (
        documented
        if on_knative(values) and not values.get(*_METRIC) and values.get(*documented)
        else _METRIC
    )
    return Field(fields.text(values, *path) or "", path)


def _utilization(values: Values) -> tuple[Field[str], ...]:
    found = metric(values)
    chosen = found.value or ("" if on_knative(values) else "cpu")
    return (Field(chosen, found.path),) if chosen in ("cpu", "memory") else ()


def rollout(values: Values) -> Rollout | None:
    """The strategy of the Deployment; Knative has none."""
    return scaling.rollout(values, *_STRATEGY) if on_knative(values) is False else None
