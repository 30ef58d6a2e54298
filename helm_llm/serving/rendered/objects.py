"""Rendered objects as values: what they hold lies at paths such as `("Deployment llm", "spec", "replicas")`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from helm_llm.keypath import KeyPath
from helm_llm.manifests.manifests import Sourced
from helm_llm.manifests.pod_template import label
from helm_llm.values.layers import Origin, Values

Trace = Callable[[KeyPath], "Origin | None"]


def untraced(_: KeyPath) -> None:
    """Of nothing rendered it is known which value it comes from."""


@dataclass(frozen=True, slots=True)
class Rendered(Values):
    """Objects by name; an origin is the value that a part of them comes from, else the template."""

    templates: dict[str, str] = field(default_factory=dict)
    """The file that each object comes from."""
    trace: Trace = untraced

    def origin(self, path: KeyPath) -> Origin | None:
        """The layer of the value that this part shows; else its object and template, a default of the chart's."""
        if not path or path[0] not in self.templates:
            return None
        name = str(path[0])
        return self.trace(path) or Origin(
            is_default=True, path=path, template=self.templates[name], object=name
        )

    def user_set(self, path: KeyPath) -> bool:
        """True: a template does not tell what its author meant to be a default."""
        return bool(path)

    def deleted(self, path: KeyPath) -> None:
        """Templates delete nothing."""

    @property
    def as_written(self) -> bool:
        """False: what a template makes of a value may be less than the value, or more."""
        return False

    def named(self, path: KeyPath) -> KeyPath:
        """The values path where it is known, else the object's."""
        origin = self.origin(path)
        return origin.path if origin else path


def rendered(values: Values, found: Iterable[Sourced]) -> Rendered:
    """The objects of a chart with these values; of two with one name the first."""
    tree: dict[str, Any] = {}
    templates: dict[str, str] = {}
    for one in found:
        if (name := label(one.object)) not in tree:
            tree[name], templates[name] = one.object, _file(values, one.template)
    return Rendered(tree, values.chart, values.files, templates=templates)


def _file(values: Values, template: str) -> str:
    """`llm/templates/x.yaml`, as Helm names it, in the directory of the chart."""
    return f"{values.chart.path}/{template.partition('/')[2]}"
