"""What lint needs of a chart. `chart_loader.py` reads charts from directories and archives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from helm_llm import json_text
from helm_llm.document.document import Document
from helm_llm.errors import ChartError
from helm_llm.json_text import NotJson


@dataclass(frozen=True, slots=True)
class Dependency:
    """A subchart, named after the key that its values have in the parent chart.

    `declared`: listed in Chart.yaml, not just present in charts/.
    """

    name: str
    condition: str = ""
    tags: tuple[str, ...] = ()
    chart: Chart | None = None
    declared: bool = True
    import_values: tuple[object, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart. `path` is spelled as the user named the chart."""

    name: str
    version: str
    app_version: str
    path: str
    defaults: Document
    schema_text: str | None = field(default=None, repr=False)
    dependencies: tuple[Dependency, ...] = ()

    @cached_property
    def schema(self) -> Mapping[str, Any] | None:
        """values.schema.json, parsed at first use; ChartError if it is not an object."""
        if self.schema_text is None:
            return None
        where = f"{self.path}/values.schema.json"
        try:
            schema = json_text.parse(self.schema_text)
        except NotJson as error:
            raise ChartError(f"{where}{error.place}: {error}") from None
        if not isinstance(schema, dict):
            raise ChartError(f"{where}: a schema of values must be a JSON object")
        return schema
