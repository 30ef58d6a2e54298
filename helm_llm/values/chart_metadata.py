"""The fields of Chart.yaml and requirements.yaml that lint reads, with the types that Helm asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
    import_values: tuple[Any, ...]


def text_field(document: Document, *path: str | int) -> str:
    """A text, the empty one for null or nothing; Helm takes numbers and booleans for text as well."""
    value = lookup(document.tree, path)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return str(value)
    if isinstance(value, (dict, list)):
        raise _wrong(document, path, "text")
    return ""


def declared_dependencies(document: Document) -> Iterator[DeclaredDependency]:
    """The entries of `dependencies`; ChartError for what Helm cannot read either."""
    for index, _ in enumerate(_items(document, "dependencies")):
        path: KeyPath = ("dependencies", index)
        if not isinstance(lookup(document.tree, path), dict):
            raise _wrong(document, path, "a map with the name of a chart")
        yield DeclaredDependency(
            name=text_field(document, *path, "name"),
            alias=text_field(document, *path, "alias"),
            condition=text_field(document, *path, "condition"),
            tags=tuple(
                text_field(document, *path, "tags", at)
                for at, _ in enumerate(_items(document, *path, "tags"))
            ),
            import_values=tuple(_items(document, *path, "import-values")),
        )


def _items(document: Document, *path: str | int) -> list[Any]:
    value = lookup(document.tree, path)
    if isinstance(value, list):
        return value
    if value is MISSING or value is None:
        return []
    raise _wrong(document, path, "a list")


def _wrong(document: Document, path: KeyPath, expected: str) -> ChartError:
    span = document.value_span(path)
    place = f":{span.line}:{span.column}" if span else ""
    return ChartError(
        f"{document.file}{place}: {dotted(path)} is not {expected}, Helm refuses such a chart"
    )
