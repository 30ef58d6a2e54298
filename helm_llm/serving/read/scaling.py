"""How many replicas there are, and how they are replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from helm_llm import typed
from helm_llm.serving.read import fields
from helm_llm.serving.read.replicas import AUTOSCALED
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.scaling import Autoscaling, Rollout
from helm_llm.serving.spec.source import Source

_METRICS = ("autoscaling", "metrics")


def autoscaling(values: Source, percentages: Mapping[str, str]) -> Autoscaling | None:
    """The HorizontalPodAutoscaler of our charts.

    `percentages`: resource -> the key of its target.
    """
    if fields.switch(values, *AUTOSCALED) is not True:
        return None
    return Autoscaling(
        fields.number(values, "autoscaling", "minReplicas"),
        fields.number(values, "autoscaling", "maxReplicas"),
        tuple(_utilization(values, percentages)),
        AUTOSCALED,
    )


def _utilization(
    values: Source, percentages: Mapping[str, str]
) -> Iterator[Field[str]]:
    has_metric = bool(values.get(*_METRICS))
    for name, key in percentages.items():
        if values.get("autoscaling", key):
            has_metric = True
            yield Field(name, ("autoscaling", key))
    if not has_metric:
        # The API server adds a target of 80 % of the requested CPU.
        yield Field("cpu", AUTOSCALED)
        return
    metrics = typed.sequence(values.tree, *_METRICS)
    for index, metric in enumerate(metrics):
        name = typed.text(metric, "resource", "name")
        target = typed.text(metric, "resource", "target", "type")
        if name and target == "Utilization":
            path = (*_METRICS, index, "resource", "name")
            yield Field(name, path)


def rollout(values: Source, *path: str, default: str | None = None) -> Rollout | None:
    """The strategy at this path, a map as in the Kubernetes API.

    None if the values name no type and the chart has no default.
    """
    name = fields.text(values, *path, "type") or default
    if name is None:
        return None
    block = (*path, "rollingUpdate")
    found = Rollout(
        Field(name, (*path, "type")),
        _amount(values, *block, "maxSurge"),
        _amount(values, *block, "maxUnavailable"),
        path,
    )
    if fields.table(values, *block):
        return replace(found, block=block)
    return found


def _amount(values: Source, *path: str) -> Field[int | str] | None:
    """A number of pods or a percentage."""
    number = fields.whole(values, *path)
    if number is not None:
        return Field(number, path)
    percentage = fields.text(values, *path)
    if not percentage:
        return None
    return Field(percentage, path)
