"""The chart kserve-vllm: how many pods there are, and how they are replaced."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.serving.charts.kserve_vllm.service import TOPOLOGY, on_knative, over_nodes
from helm_llm.serving.read import fields, scaling
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.scaling import Autoscaling, Rollout
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import Nodes

_MINIMUM = ("scaling", "minReplicas")
_MAXIMUM = ("scaling", "maxReplicas")
_METRIC = ("scaling", "scaleMetric")
TARGET = ("scaling", "scaleTarget")
_KNATIVE_METRIC = ("scaling", "serverless", "scaleMetric")
_NODES = ("multiNode", "pipelineParallelSize")
_STRATEGY = ("scaling", "rawDeployment", "deploymentStrategy")


def nodes(values: Source) -> Nodes | None:
    """The pods that share a model, if several do. KServe gives them no autoscaler."""
    if not over_nodes(values):
        return None
    count = fields.number(values, *_NODES)
    if count is None:
        return None
    return Nodes(
        count,
        None,
        TOPOLOGY,
        "multi-node InferenceService",
        unscaled=tuple(_unscaled(values)),
    )


def _unscaled(values: Source) -> Iterator[Field[object]]:
    for path in (_MINIMUM, _MAXIMUM):
        number = fields.whole(values, *path)
        # With a limit of 1, no autoscaler is expected.
        if number is not None and number > 1:
            yield Field(values.get(*path), path)
    for path in (_METRIC, TARGET):
        value = values.get(*path)
        if value:
            yield Field(value, path)


def pods(values: Source) -> Field[int] | None:
    """As many pods as the autoscaler may start; unknown if it has no limit."""
    minimum = fields.whole(values, *_MINIMUM)
    maximum = fields.whole(values, *_MAXIMUM)
    if minimum is None or maximum is None:
        return None
    several = over_nodes(values)
    if several is None:
        return None
    if several:
        count = fields.whole(values, *_NODES)
        if count is None:
            return None
        # Without an autoscaler, KServe ignores the maximum.
        return Field(max(minimum, 1) * count, _NODES)
    # To Knative, a maximum of 0 means no limit.
    if not maximum and on_knative(values) is not False:
        return None
    if minimum > maximum:
        return Field(max(minimum, 1), _MINIMUM)
    return Field(max(maximum, 1), _MAXIMUM)


def autoscaling(values: Source) -> Autoscaling | None:
    """The autoscaler, which KServe creates for every service with a single node."""
    if over_nodes(values) is not False:
        return None
    if on_knative(values) is None:
        return None
    minimum = fields.number(values, *_MINIMUM)
    maximum = fields.number(values, *_MAXIMUM)
    if maximum is None or not maximum.value:
        return Autoscaling(minimum, None)
    lowest = 1
    if minimum:
        lowest = max(minimum.value, 1)
    # Without room to scale, the metric is never compared with anything.
    if maximum.value <= lowest:
        return Autoscaling(minimum, maximum)
    utilization = _utilization(values)
    return Autoscaling(minimum, maximum, utilization)


def metric(values: Source) -> Field[str]:
    """The metric that counts; empty if KServe chooses."""
    own = fields.text_field(values, *_METRIC)
    if values.get(*_METRIC) or not on_knative(values):
        return own
    if values.get(*_KNATIVE_METRIC):
        return fields.text_field(values, *_KNATIVE_METRIC)
    return own


def _utilization(values: Source) -> tuple[Field[str], ...]:
    found = metric(values)
    name = found.value
    if not name and not on_knative(values):
        name = "cpu"
    if name in ("cpu", "memory"):
        return (Field(name, found.path),)
    return ()


def rollout(values: Source) -> Rollout | None:
    """The strategy of the Deployment; Knative does not have one."""
    if on_knative(values) is not False:
        return None
    return scaling.rollout(values, *_STRATEGY)
