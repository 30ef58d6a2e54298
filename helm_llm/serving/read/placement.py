"""Where the scheduler may put a pod."""

from __future__ import annotations

from collections.abc import Mapping

from helm_llm import typed
from helm_llm.keypath import Key, KeyPath
from helm_llm.serving.read import fields
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Placement
from helm_llm.serving.spec.source import Source


def placement(values: Source, pod: KeyPath = (), scheduler: str = "") -> Placement:
    """The placement that a pod spec, or the top level of our charts, describes.

    `scheduler` is the chart's choice if the values do not name one.
    """
    tolerations = (*pod, "tolerations")
    tolerated = typed.mappings(values.tree, *tolerations)
    scheduler_name = (*pod, "schedulerName")
    chosen = fields.text(values, *scheduler_name)
    runtime_class = fields.text(values, *pod, "runtimeClassName")
    return Placement(
        node_selector=_table_field(values, *pod, "nodeSelector"),
        affinity=_table_field(values, *pod, "affinity"),
        tolerations=Field(tolerated, tolerations),
        scheduler=Field(chosen or scheduler, scheduler_name),
        runtime_class=runtime_class or "",
    )


def _table_field(values: Source, *path: Key) -> Field[Mapping[str, object]]:
    table = fields.table(values, *path)
    return Field(table, path)
