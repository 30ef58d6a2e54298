"""Rendered objects as a source of specs.

Their parts have paths such as `("Deployment llm", "spec", "replicas")`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from helm_llm.document.document import Document
from helm_llm.keypath import MISSING, Key, KeyPath, lookup
from helm_llm.manifests.manifests import Sourced
from helm_llm.manifests.pod_template import label
from helm_llm.values.chart import Chart
from helm_llm.values.layers import Origin, Values

Trace = Callable[[KeyPath], Origin | None]
"""Path of a part -> the origin of the value that it shows, if that is known."""


def untraced(_: KeyPath) -> None:
    """Trace nothing."""


@dataclass(frozen=True, slots=True)
class RenderedObjects:
    """Objects by name, as a `Source`."""

    tree: Mapping[str, Any]
    values: Values
    """The values with which the objects were rendered."""
    templates: Mapping[str, str]
    """Object -> the file of its template."""
    trace: Trace = untraced

    @property
    def chart(self) -> Chart:
        return self.values.chart

    @property
    def files(self) -> tuple[Document, ...]:
        return self.values.files

    @property
    def base(self) -> KeyPath:
        return ()

    @property
    def root(self) -> RenderedObjects:
        return self

    @property
    def is_editable(self) -> bool:
        """False, because a template may render less or more than a value."""
        return False

    def get(self, *path: Key, default: Any = None) -> Any:
        """The value at a path, or the default if it is missing or null."""
        value = lookup(self.tree, path)
        if value is MISSING or value is None:
            return default
        return value

    def release_path(self, path: KeyPath) -> KeyPath:
        """The values path if it is known, else the object's path."""
        origin = self.origin(path)
        if origin:
            return origin.path
        return path

    def origin(self, path: KeyPath) -> Origin | None:
        """The layer of the value that this part shows.

        If that is unknown: object and template, as a default of the chart.
        """
        if not path or path[0] not in self.templates:
            return None
        name = str(path[0])
        return self.trace(path) or Origin(
            is_default=True, path=path, template=self.templates[name], object=name
        )

    def is_user_set(self, path: KeyPath) -> bool:
        """True, because a template does not show which parts are defaults."""
        return bool(path)

    def null_origin(self, path: KeyPath) -> None:
        """None, because a null in the values is not rendered."""


def rendered_objects(values: Values, found: Iterable[Sourced]) -> RenderedObjects:
    """The objects of a chart with these values; of two with one name the first."""
    tree: dict[str, Any] = {}
    templates: dict[str, str] = {}
    for one in found:
        name = label(one.object)
        if name not in tree:
            tree[name] = one.object
            templates[name] = _template_file(values, one.template)
    return RenderedObjects(tree, values, templates)


def _template_file(values: Values, template: str) -> str:
    """`llm/templates/x.yaml`, as Helm names it -> the file in the chart's directory."""
    _, _, file = template.partition("/")
    return f"{values.chart.path}/{file}"
