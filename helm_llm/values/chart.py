"""reference -> Chart: what lint needs of a chart's directory or archive. Nothing is unpacked to disk."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from helm_llm import inputs, json_text
from helm_llm.checkout import not_linked_outside
from helm_llm.document.document import Document, decode_document
from helm_llm.errors import ChartError, UsageError
from helm_llm.json_text import NotJson
from helm_llm.values.chart_links import refuse_bad_links
from helm_llm.values.chart_metadata import declared_dependencies, text_field

MAX_ARCHIVE, MAX_FILE = 100 * 1024 * 1024, 5 * 1024 * 1024
"""Helm's own limits for a chart and for one file of it, unpacked."""
MAX_PACKED = MAX_ARCHIVE


@dataclass(frozen=True, slots=True)
class Dependency:
    """A subchart under the name its values have; `declared` in Chart.yaml, not only lying in charts/."""

    name: str
    condition: str = ""
    tags: tuple[str, ...] = ()
    chart: Chart | None = None
    declared: bool = True
    import_values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart; `path` is written as the user named the chart."""

    name: str
    version: str
    app_version: str
    path: str
    defaults: Document
    schema_text: str | None = field(default=None, repr=False)
    dependencies: tuple[Dependency, ...] = ()

    @cached_property
    def schema(self) -> Mapping[str, Any] | None:
        """values.schema.json, parsed at first use; ChartError when it is not a JSON object."""
        if self.schema_text is None:
            return None
        where = f"{self.path}/values.schema.json"
        try:
            schema = json_text.parse(self.schema_text)
        except NotJson as error:
            raise ChartError(f"{where}{error.place}: {error}") from None
        if not isinstance(schema, dict):
            raise ChartError(f"{where}: a schema of values is a JSON object")
        return schema


def load_chart(reference: str, *, name: str = "", helm_major: int = 3) -> Chart:
    """The chart in this directory or .tgz, to be called by another name; ChartError says what is missing or broken."""
    path = Path(not_linked_outside(inputs.path(reference)))
    if path.is_dir():
        refuse_bad_links(reference)
        return _chart(Folder(path), reference.rstrip("/") or "/", Loading(helm_major))
    archive = _bytes(path, "the chart", MAX_PACKED)
    loading = Loading(helm_major)
    return _chart(
        Archive(loading.unpacked(archive, reference)), name or reference, loading
    )


def _bytes(path: Path, what: str, limit: int) -> bytes:
    try:
        return inputs.read_file(str(path), what, limit)
    except UsageError as error:
        raise ChartError(str(error)) from None


class Files(Protocol):
    """The files of one chart by their names in it."""

    def read(self, name: str) -> bytes | None: ...
    def names(self, folder: str) -> list[str]: ...
    def below(self, folder: str) -> Files: ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A chart's directory."""

    path: Path

    def read(self, name: str) -> bytes | None:
        path = self.path / name
        try:
            is_there = os.path.lexists(path) and not path.is_dir()
        except OSError as error:
            raise ChartError(
                f"cannot read the chart file {path}: {error.strerror}"
            ) from None
        return (
            _bytes(Path(not_linked_outside(str(path))), "the chart file", MAX_FILE)
            if is_there
            else None
        )

    def names(self, folder: str) -> list[str]:
        path = self.path / folder
        try:
            return (
                sorted(child.name for child in path.iterdir()) if path.is_dir() else []
            )
        except OSError as error:
            raise ChartError(f"cannot list {path}: {error.strerror}") from None

    def below(self, folder: str) -> Files:
        return Folder(self.path / folder)


@dataclass(frozen=True, slots=True)
class Archive:
    """A packaged chart in memory."""

    files: Mapping[str, bytes]
    prefix: str = ""

    def read(self, name: str) -> bytes | None:
        return self.files.get(self.prefix + name)

    def names(self, folder: str) -> list[str]:
        start = f"{self.prefix}{folder}/"
        return sorted(
            {
                name[len(start) :].partition("/")[0]
                for name in self.files
                if name.startswith(start)
            }
        )

    def below(self, folder: str) -> Files:
        return Archive(self.files, f"{self.prefix}{folder}/")


MAX_NESTING, MAX_UNPACKED = 40, 5 * MAX_ARCHIVE
"""How deep charts may lie in charts, and how much all of their archives may hold: no one's, but those of a bomb."""


@dataclass(slots=True)
class Loading:
    """What a chart and all charts in it share while they are read."""

    helm_major: int
    depth: int = 0
    total: list[int] = field(default_factory=list)

    def below(self, where: str) -> Loading:
        """For the charts in this one; ChartError when they are nested too deeply."""
        if self.depth >= MAX_NESTING:
            raise ChartError(
                f"{where}: charts are nested more than {MAX_NESTING} levels deep"
            )
        return Loading(self.helm_major, self.depth + 1, self.total)

    def unpacked(self, archive: bytes, reference: str) -> dict[str, bytes]:
        """The files of an archive that count; ChartError for a broken one."""
        files, size = _unpacked(archive, reference)
        self.total.append(size)
        if sum(self.total) > MAX_UNPACKED:
            limit = MAX_UNPACKED // 1024**2
            raise ChartError(
                f"{reference}: the archives of the chart are larger than {limit} MiB when unpacked"
            )
        return files


_WANTED = {"Chart.yaml", "values.yaml", "values.schema.json", "requirements.yaml"}


def _unpacked(archive: bytes, reference: str) -> tuple[dict[str, bytes], int]:
    """The files of an archive that count, and the size of all."""
    import tarfile  # a directory does without it and the compressors below it

    files: dict[str, bytes] = {}
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(archive)) as stream:
            content = stream.read(MAX_ARCHIVE + 1)
        if len(content) > MAX_ARCHIVE:
            raise ChartError(
                f"{reference}: larger than 100 MiB when unpacked, Helm refuses such a chart"
            )
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as members:
            for member in members:
                name = _inner_name(member.name, reference, member.isdir())
                if member.size > MAX_FILE:
                    raise ChartError(
                        f"{reference}: {member.name} is larger than 5 MiB, Helm refuses such a file"
                    )
                wanted = member.isfile() and (
                    name.endswith(".tgz") or name.rpartition("/")[2] in _WANTED
                )
                if wanted and (reader := members.extractfile(member)):
                    files[name] = reader.read()
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        raise ChartError(f"{reference}: not a chart archive (.tgz): {error}") from None
    return files, len(content)


def _inner_name(name: str, reference: str, is_folder: bool) -> str:
    # The first part is the chart's name, which Helm ignores.
    parts = name.replace("\\", "/").split("/")
    if (
        parts[0] == ""
        or ".." in parts
        or ":" in parts[0]
        or (len(parts) < 2 and not is_folder)
    ):
        raise ChartError(
            f"{reference}: the archive holds {name}, which lies outside the chart"
        )
    return "/".join(part for part in parts[1:] if part not in ("", "."))


def _chart(files: Files, where: str, loading: Loading) -> Chart:
    metadata = _yaml(files, f"{where}/Chart.yaml", loading)
    if metadata is None:
        raise ChartError(f"{where}: no chart, there is no Chart.yaml in it")
    name = text_field(metadata, "name")
    if not name:
        raise ChartError(f"{where}/Chart.yaml: the chart has no name")
    schema = files.read("values.schema.json")
    return Chart(
        name=name,
        version=text_field(metadata, "version"),
        app_version=text_field(metadata, "appVersion"),
        path=where,
        defaults=_yaml(files, f"{where}/values.yaml", loading)
        or Document(f"{where}/values.yaml", ""),
        schema_text=None if schema is None else schema.decode("utf-8", "replace"),
        dependencies=tuple(_dependencies(files, where, metadata, loading.below(where))),
    )


def _yaml(files: Files, name: str, loading: Loading) -> Document | None:
    data = files.read(name.rpartition("/")[2])
    if data is None:
        return None
    document = decode_document(data, name, helm_major=loading.helm_major)
    if document.error:
        span = document.error.span
        raise ChartError(f"{name}:{span.line}:{span.column}: {document.error.message}")
    return document


def _dependencies(
    files: Files, where: str, metadata: Document, loading: Loading
) -> Iterator[Dependency]:
    """In Helm's order: first those that Chart.yaml does not name, then the others as it names them."""
    charts = list(_subcharts(files, where, loading))
    requirements = _yaml(files, f"{where}/requirements.yaml", loading)
    declared = list(declared_dependencies(requirements)) if requirements else []
    declared = declared or list(declared_dependencies(metadata))
    names = {entry.name for entry in declared}
    yield from (
        Dependency(chart.name, chart=chart, declared=False)
        for chart in charts
        if chart.name not in names
    )
    by_name = {chart.name: chart for chart in reversed(charts)}
    for entry in declared:
        yield Dependency(
            name=entry.alias or entry.name,
            condition=entry.condition,
            tags=entry.tags,
            chart=by_name.get(entry.name),
            import_values=entry.import_values,
        )


def _subcharts(files: Files, where: str, loading: Loading) -> Iterator[Chart]:
    for name in files.names("charts"):
        if name.startswith(("_", ".")):
            continue
        path = f"{where}/charts/{name}"
        if name.endswith(".tgz"):
            archive = files.read(f"charts/{name}")
            if archive is not None:
                yield _chart(Archive(loading.unpacked(archive, path)), path, loading)
        elif files.names(f"charts/{name}"):
            yield _chart(files.below(f"charts/{name}"), path, loading)
