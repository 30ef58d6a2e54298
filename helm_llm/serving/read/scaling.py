"""How many replicas there are, and how they are replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helm_llm import typed
from helm_llm.serving.read import fields
from helm_llm.serving.read.replicas import AUTOSCALED
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.scaling import Autoscaling, Rollout
from helm_llm.values.layers import Values


def autoscaling(values: Values, percentages: Mapping[str, str]) -> Autoscaling | None:
    """The HorizontalPodAutoscaler of our charts; `percentages`: resource -> the key of its target.

    The API server fills in 80 % of the requested CPU where there is no metric.
    """
    if fields.switch(values, *AUTOSCALED) is not True:
        return None
    named = [
        Field(name, ("autoscaling", key))
        for name, key in percentages.items()
        if values.get("autoscaling", key)
    ]
    others = values.get("autoscaling", "metrics")
    used = (
        (*named, *_utilization(others))
        if named or others
        else (Field("cpu", AUTOSCALED),)
    )
    fewest, most = (
        fields.number(values, "autoscaling", key)
        for key in ("minReplicas", "maxReplicas")
    )
    return Autoscaling(fewest, most, used, AUTOSCALED)


def _utilization(metrics: object) -> Iterator[Field[str]]:
    for index, metric in enumerate(typed.sequence(metrics)):
        name = typed.text(metric, "resource", "name")
        if name and typed.text(metric, "resource", "target", "type") == "Utilization":
            yield Field(name, ("autoscaling", "metrics", index, "resource", "name"))


def rollout(values: Values, *path: str, default: str | None = None) -> Rollout | None:
    """The strategy at this path, a table as in the Kubernetes API; None without a type, if there is no default."""
    named = fields.text(values, *path, "type") or default
    if named is None:
        return None
    type = Field(named, (*path, "type"))
    block = (*path, "rollingUpdate")
    surge, unavailable = (
        _amount(values, (*block, key)) for key in ("maxSurge", "maxUnavailable")
    )
    return Rollout(
        type, surge, unavailable, path, block if fields.table(values, *block) else None
    )


def _amount(values: Values, path: tuple[str, ...]) -> Field[int | str] | None:
    given = fields.whole(values, *path)
    amount = fields.text(values, *path) if given is None else given
    return Field(amount, path) if amount not in (None, "") else None
