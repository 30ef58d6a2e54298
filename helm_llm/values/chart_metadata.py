"""The fields of Chart.yaml and requirements.yaml that lint reads, with Helm's types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from helm_llm.document.document import Document
from helm_llm.errors import ChartError
from helm_llm.keypath import MISSING, KeyPath, dotted, lookup


@dataclass(frozen=True, slots=True)
class DeclaredDependency:
    """An entry of `dependencies`."""

    name: str
    alias: str
    condition: str
    tags: tuple[str, ...]
    import_values: tuple[object, ...]


def text_field(document: Document, *path: str | int) -> str:
    """Text at a path, empty if it is null or missing; ChartError for a map or list.

    Helm takes numbers and booleans as text.
    """
    value = lookup(document.tree, path)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return str(value)
    if isinstance(value, (dict, list)):
        raise _type_error(document, path, "text")
    return ""


def declared_dependencies(document: Document) -> Iterator[DeclaredDependency]:
    """The entries of `dependencies`; ChartError for an entry that Helm cannot read."""
    for index, entry in enumerate(_list_field(document, "dependencies")):
        path: KeyPath = ("dependencies", index)
        if not isinstance(entry, dict):
            raise _type_error(document, path, "a map with the name of a chart")
        tags = _tags(document, path)
        yield DeclaredDependency(
            name=text_field(document, *path, "name"),
            alias=text_field(document, *path, "alias"),
            condition=text_field(document, *path, "condition"),
            tags=tags,
            import_values=tuple(_list_field(document, *path, "import-values")),
        )


def _tags(document: Document, dependency: KeyPath) -> tuple[str, ...]:
    path = (*dependency, "tags")
    tags: list[str] = []
    for index in range(len(_list_field(document, *path))):
        tag = text_field(document, *path, index)
        tags.append(tag)
    return tuple(tags)


def _list_field(document: Document, *path: str | int) -> list[object]:
    value = lookup(document.tree, path)
    if isinstance(value, list):
        return value
    if value is MISSING or value is None:
        return []
    raise _type_error(document, path, "a list")


def _type_error(document: Document, path: KeyPath, expected: str) -> ChartError:
    place = document.file
    span = document.value_span(path)
    if span:
        place += f":{span.line}:{span.column}"
    return ChartError(
        f"{place}: {dotted(path)} is not {expected}, so Helm refuses the chart"
    )
