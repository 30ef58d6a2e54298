"""The environment of a container: the user's list, and what a chart adds."""

from __future__ import annotations

from helm_llm.keypath import Key
from helm_llm.serving.read import fields
from helm_llm.serving.spec.pod import Variable
from helm_llm.serving.spec.source import Source


def listed(values: Source, *path: Key) -> tuple[Variable, ...]:
    """The items of the user's list; `text` is None if a Secret, ConfigMap or field holds it."""
    found: list[Variable] = []
    for name, item, entry in fields.named_items(values, *path):
        text = fields.scalar(item.get("value"))
        value_path = (*entry, "value")
        variable = Variable(name, text, value_path, listed=True)
        found.append(variable)
    return tuple(found)


def by_chart(name: str, text: str | None, *path: str, shared: bool = False) -> Variable:
    """A variable that the chart adds, from the value at a path if there is one."""
    return Variable(name, text, path, listed=False, shared=shared)
