"""Problem -> Finding: the one place that turns values paths into lines and columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from helm_llm import inputs
from helm_llm.document.document import Document, Span
from helm_llm.keypath import MISSING, KeyPath, dotted, lookup
from helm_llm.lint.finding import Finding, Place, RelatedPlace
from helm_llm.lint.fix import FileFix, Fix, Quote
from helm_llm.lint.rule import Problem, Rule
from helm_llm.serving.spec.source import Source
from helm_llm.values.layers import Origin


def resolve(rule: Rule[Any], problem: Problem, values: Source) -> Finding:
    """Place a problem where the user can mend it.

    The problem's own path if a user layer set it, else the first related path one set, else the nearest ancestor in a
    user's file, else the chart's values.yaml. Every other path becomes a related place.
    """
    primary = _primary(problem, values)
    place = _users(values, primary, at_key=problem.at_key) or _charts(
        values, primary, at_key=problem.at_key
    )
    related = tuple(_related(problem, primary, values))
    beside = None if place.file else _beside(values, primary)
    repairs = (
        tuple(_repairs(problem.fix, values))
        if problem.fix and values.as_written
        else ()
    )
    path = values.named(problem.path)
    return Finding(
        rule,
        place,
        path,
        problem.message,
        problem.help,
        related,
        chart_place=beside,
        fixes=repairs,
    )


def resolve_text(rule: Rule[Any], problem: Problem, document: Document) -> Finding:
    """Place a problem of a file's text."""
    span = problem.span or Span(1, 1, 1, 1)
    return Finding(
        rule,
        _in_file(document, span, "file"),
        problem.path,
        problem.message,
        problem.help,
    )


def _repairs(fix: Fix, values: Source) -> Iterator[FileFix]:
    """In the user's own files alone: the one that counts, and those below it where the same key would come up next."""
    origin = values.origin(fix.path)
    if origin is None or origin.document not in values.root.files:
        return
    fix = replace(fix, path=origin.path)
    files = []
    for document in values.root.files:
        below = (
            not isinstance(fix, Quote)
            and lookup(document.tree, fix.path) is not MISSING
        )
        if document is origin.document or below:
            files.append(document.file)
    if not any(map(inputs.is_read_once, files)):  # nothing can be written back there
        yield from (FileFix(file, fix) for file in files)


def _primary(problem: Problem, values: Source) -> KeyPath:
    paths = (problem.path, *(related.path for related in problem.related))
    return next(
        (path for path in paths if path and _by_user(values, path)), problem.path
    )


def _by_user(values: Source, path: KeyPath) -> bool:
    origin = _origin(values, path)
    return origin is not None and not origin.is_default


def _origin(values: Source, path: KeyPath) -> Origin | None:
    """The layer that set the value or, by a null, removed it."""
    return values.origin(path) or values.deleted(path)


def _related(
    problem: Problem, primary: KeyPath, values: Source
) -> Iterator[RelatedPlace]:
    notes = [(related.path, related.message) for related in problem.related]
    if primary != problem.path:
        notes.insert(
            0, (problem.path, f"{dotted(values.named(problem.path))} is set here")
        )
    for path, message in notes:
        place = _place(values, path) if path != primary else None
        if place:
            yield RelatedPlace(place, values.named(path), message)


def _place(values: Source, path: KeyPath, *, at_key: bool = False) -> Place | None:
    origin = _origin(values, path) if path or values.base else None
    if origin is None:
        return None
    if origin.option is not None:
        from helm_llm.masking.expression import shown

        return Place("set", option=shown(origin.option))
    if origin.template:
        return Place("manifest", origin.template, 1, 1, 1, 1, object=origin.object)
    document = origin.document
    span = document and _span(document, origin.path, at_key=at_key)
    return (
        _in_file(document, span, "default" if origin.is_default else "file")
        if document and span
        else None
    )


def _span(document: Document, path: KeyPath, *, at_key: bool) -> Span | None:
    key = document.key_span(path)
    return key if at_key and key else document.value_span(path) or key


def _users(values: Source, path: KeyPath, *, at_key: bool) -> Place | None:
    """The path, or its nearest ancestor, where a user layer set it."""
    for end in range(len(path), -1 if values.base else 0, -1):
        if _by_user(values, path[:end]):
            return _place(values, path[:end], at_key=at_key or end < len(path))
    return None


def _charts(values: Source, path: KeyPath, *, at_key: bool) -> Place:
    """The path, or its nearest ancestor, in the chart's values.yaml; else the first line there is."""
    return (
        _place(values, path, at_key=at_key)
        or _above(values, path[:-1])
        or _first_line(values)
    )


def _above(values: Source, path: KeyPath) -> Place | None:
    """The path's key, or that of its nearest ancestor, in the chart's values.yaml."""
    keys = (
        values.chart.defaults.key_span(path[:end]) for end in range(len(path), 0, -1)
    )
    span = next(filter(None, keys), None)
    return _in_file(values.chart.defaults, span, "default") if span else None


def _beside(values: Source, path: KeyPath) -> Place:
    return _above(values, path) or _in_file(
        values.chart.defaults, Span(1, 1, 1, 1), "default"
    )


def _first_line(values: Source) -> Place:
    document, origin = (
        (values.files[0], "file")
        if values.files
        else (values.chart.defaults, "default")
    )
    return _in_file(document, Span(1, 1, 1, 1), origin)


def _in_file(document: Document, span: Span, origin: str) -> Place:
    source, cut = document.excerpt(span.line, span.column)
    position = (span.line, span.column, span.end_line, span.end_column)
    return Place(origin, document.file, *position, source=source, cut=cut)
