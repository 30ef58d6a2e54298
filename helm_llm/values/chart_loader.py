"""Path of a directory or archive -> Chart, with the charts in its charts/ directory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from helm_llm import inputs
from helm_llm.checkout import not_linked_outside
from helm_llm.document.document import Document
from helm_llm.document.reader import decode_document
from helm_llm.errors import ChartError
from helm_llm.values.chart import Chart, Dependency
from helm_llm.values.chart_files import (
    MAX_ARCHIVE,
    Archive,
    Files,
    Folder,
    read_bytes,
    unpack_archive,
)
from helm_llm.values.chart_links import refuse_bad_links
from helm_llm.values.chart_metadata import (
    DeclaredDependency,
    declared_dependencies,
    text_field,
)

MAX_NESTING, MAX_UNPACKED = 40, 5 * MAX_ARCHIVE
"""Levels of charts in charts, and bytes in all archives of a chart. Helm has no such
limits, but only malicious charts exceed them."""


def load_chart(reference: str, *, name: str = "", helm_major: int = 3) -> Chart:
    """Load the chart in a directory or .tgz; ChartError says what is missing or broken.

    `name` replaces the reference of an archive in messages and positions.
    """
    path = Path(not_linked_outside(inputs.path(reference)))
    loading = Loading(helm_major)
    if path.is_dir():
        refuse_bad_links(reference)
        return _load_files(Folder(path), reference.rstrip("/") or "/", loading)
    archive = read_bytes(path, "the chart", MAX_ARCHIVE)
    files = Archive(loading.unpack(archive, reference))
    return _load_files(files, name or reference, loading)


@dataclass(slots=True)
class Loading:
    """State that a chart and all charts in it share while they are loaded."""

    helm_major: int
    depth: int = 0
    sizes: list[int] = field(default_factory=list)

    def subcharts(self, where: str) -> Loading:
        """The state for charts in this one; ChartError if they are nested too deep."""
        if self.depth >= MAX_NESTING:
            raise ChartError(
                f"{where}: charts are nested more than {MAX_NESTING} levels deep"
            )
        return Loading(self.helm_major, self.depth + 1, self.sizes)

    def unpack(self, archive: bytes, reference: str) -> dict[str, bytes]:
        """The needed files of an archive; ChartError for a broken one."""
        files, size = unpack_archive(archive, reference)
        self.sizes.append(size)
        if sum(self.sizes) > MAX_UNPACKED:
            raise ChartError(
                f"{reference}: the archives of the chart are larger than "
                f"{MAX_UNPACKED // 1024**2} MiB when unpacked"
            )
        return files


def _load_files(files: Files, where: str, loading: Loading) -> Chart:
    metadata = _read_yaml(files, f"{where}/Chart.yaml", loading)
    if metadata is None:
        raise ChartError(f"{where} is not a chart: it has no Chart.yaml")
    name = text_field(metadata, "name")
    if not name:
        raise ChartError(f"{where}/Chart.yaml: the chart has no name")
    defaults = _read_yaml(files, f"{where}/values.yaml", loading)
    schema = files.read_file("values.schema.json")
    schema_text: str | None = None
    if schema is not None:
        schema_text = schema.decode("utf-8", "replace")
    below = loading.subcharts(where)
    return Chart(
        name=name,
        version=text_field(metadata, "version"),
        app_version=text_field(metadata, "appVersion"),
        path=where,
        defaults=defaults or Document(f"{where}/values.yaml", ""),
        schema_text=schema_text,
        dependencies=tuple(_load_dependencies(files, where, metadata, below)),
    )


def _read_yaml(files: Files, name: str, loading: Loading) -> Document | None:
    data = files.read_file(name.rpartition("/")[2])
    if data is None:
        return None
    document = decode_document(data, name, helm_major=loading.helm_major)
    if document.error:
        span = document.error.span
        place = f"{name}:{span.line}:{span.column}"
        raise ChartError(f"{place}: {document.error.message}")
    return document


def _load_dependencies(
    files: Files, where: str, metadata: Document, loading: Loading
) -> Iterator[Dependency]:
    """Dependencies in Helm's order: the undeclared ones first."""
    charts = list(_load_subcharts(files, where, loading))
    # Charts of Helm 2 declare their dependencies in a separate file.
    requirements = _read_yaml(files, f"{where}/requirements.yaml", loading)
    declared: list[DeclaredDependency] = []
    if requirements:
        declared = list(declared_dependencies(requirements))
    if not declared:
        declared = list(declared_dependencies(metadata))
    names = {entry.name for entry in declared}
    for chart in charts:
        if chart.name not in names:
            yield Dependency(chart.name, chart=chart, declared=False)
    by_name = {chart.name: chart for chart in reversed(charts)}
    for entry in declared:
        yield Dependency(
            name=entry.alias or entry.name,
            condition=entry.condition,
            tags=entry.tags,
            chart=by_name.get(entry.name),
            import_values=entry.import_values,
        )


def _load_subcharts(files: Files, where: str, loading: Loading) -> Iterator[Chart]:
    for name in files.names("charts"):
        if name.startswith(("_", ".")):  # Helm skips these
            continue
        inner, path = f"charts/{name}", f"{where}/charts/{name}"
        if name.endswith(".tgz"):
            archive = files.read_file(inner)
            if archive is not None:
                packed = Archive(loading.unpack(archive, path))
                yield _load_files(packed, path, loading)
        elif files.names(inner):
            yield _load_files(files.subfolder(inner), path, loading)
