"""Where the scheduler may put a pod."""

from __future__ import annotations

from helm_llm import typed
from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Placement
from helm_llm.serving.spec.source import Source


def placement(values: Source, pod: KeyPath = (), scheduler: str = "") -> Placement:
    """The placement that a pod spec, or the top level of our charts, describes.

    `scheduler` is the chart's choice if the values do not name one.
    """
    selector, affinity = (*pod, "nodeSelector"), (*pod, "affinity")
    tolerations, named = (*pod, "tolerations"), (*pod, "schedulerName")
    return Placement(
        node_selector=Field(fields.table(values, *selector), selector),
        affinity=Field(fields.table(values, *affinity), affinity),
        tolerations=Field(typed.mappings(values.tree, *tolerations), tolerations),
        scheduler=Field(fields.text(values, *named) or scheduler, named),
        runtime_class=fields.text(values, *pod, "runtimeClassName") or "",
    )
