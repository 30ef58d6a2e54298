"""Where the scheduler may put a pod."""

from __future__ import annotations

from helm_llm import typed
from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Placement
from helm_llm.values.layers import Values


def placement(values: Values, scheduler: str = "") -> Placement:
    """What our charts take from the top level; `scheduler` is the chart's choice where the values name none."""
    return Placement(
        node_selector=Field(fields.table(values, "nodeSelector"), ("nodeSelector",)),
        affinity=Field(fields.table(values, "affinity"), ("affinity",)),
        tolerations=Field(typed.mappings(values.tree, "tolerations"), ("tolerations",)),
        scheduler=Field(
            fields.text(values, "schedulerName") or scheduler, ("schedulerName",)
        ),
        runtime_class=fields.text(values, "runtimeClassName") or "",
    )
