"""Where the scheduler may put a pod."""

from __future__ import annotations

from helm_llm import typed
from helm_llm.layers import Values
from helm_llm.serving import readers
from helm_llm.serving.pod import Placement
from helm_llm.serving.spec import Field


def placement(values: Values, scheduler: str = "") -> Placement:
    """What our charts take from the top level; `scheduler` is the chart's choice where the values name none."""
    return Placement(
        node_selector=Field(readers.table(values, "nodeSelector"), ("nodeSelector",)),
        affinity=Field(readers.table(values, "affinity"), ("affinity",)),
        tolerations=Field(typed.mappings(values.tree, "tolerations"), ("tolerations",)),
        scheduler=Field(readers.text(values, "schedulerName") or scheduler, ("schedulerName",)),
        runtime_class=readers.text(values, "runtimeClassName") or "",
    )
