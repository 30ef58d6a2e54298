"""Problem -> Finding: the only code that turns values paths into lines and columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from helm_llm import inputs
from helm_llm.document.document import Document
from helm_llm.document.position import Span
from helm_llm.keypath import MISSING, KeyPath, dotted, lookup
from helm_llm.lint.finding import Finding, Place, PlaceOrigin, RelatedPlace
from helm_llm.lint.fix import FileFix, Fix, Quote
from helm_llm.lint.rule import AnyRule, Problem
from helm_llm.serving.spec.source import Source
from helm_llm.values.layers import Origin

_START = Span(1, 1, 1, 1)


def resolve(rule: AnyRule, problem: Problem, values: Source) -> Finding:
    """Place a problem where the user can fix it.

    That is the problem's own path if a user layer set it, else the first related path
    that a user layer set, else the nearest ancestor in a user's file, else the chart's
    values.yaml. Every other path becomes a related place.
    """
    primary = _primary_path(problem, values)
    place = _user_place(values, primary, at_key=problem.at_key)
    if place is None:
        place = _default_place(values, primary, at_key=problem.at_key)
    fixes: Iterator[FileFix] = iter(())
    if problem.fix and values.is_editable:
        fixes = _file_fixes(problem.fix, values)
    return Finding(
        rule,
        place,
        values.release_path(problem.path),
        problem.message,
        problem.help,
        tuple(_related_places(problem, primary, values)),
        chart_place=None if place.file else _place_in_chart(values, primary),
        fixes=tuple(fixes),
    )


def resolve_text(rule: AnyRule, problem: Problem, document: Document) -> Finding:
    """Place a problem of a file's text."""
    place = _place_in(document, problem.span or _START, "file")
    return Finding(rule, place, problem.path, problem.message, problem.help)


def _primary_path(problem: Problem, values: Source) -> KeyPath:
    for path in (problem.path, *(related.path for related in problem.related)):
        if path and _is_set_by_user(values, path):
            return path
    return problem.path


def _is_set_by_user(values: Source, path: KeyPath) -> bool:
    origin = _origin(values, path)
    return origin is not None and not origin.is_default


def _origin(values: Source, path: KeyPath) -> Origin | None:
    """The layer that set the value or, by a null, removed it."""
    return values.origin(path) or values.null_origin(path)


def _related_places(
    problem: Problem, primary: KeyPath, values: Source
) -> Iterator[RelatedPlace]:
    notes = [(related.path, related.message) for related in problem.related]
    if primary != problem.path:
        name = dotted(values.release_path(problem.path))
        notes.insert(0, (problem.path, f"{name} is set here"))
    for path, message in notes:
        place = _place(values, path) if path != primary else None
        if place:
            yield RelatedPlace(place, values.release_path(path), message)


def _place(values: Source, path: KeyPath, *, at_key: bool = False) -> Place | None:
    # The root of all values has no origin, but the root of a subchart's values is a key.
    origin = _origin(values, path) if path or values.base else None
    if origin is None:
        return None
    if origin.option is not None:
        from helm_llm.masking.expression import mask_option

        return Place("set", option=mask_option(origin.option))
    if origin.template:
        return Place("manifest", origin.template, 1, 1, 1, 1, object=origin.object)
    if origin.document is None:
        return None
    span = _span(origin.document, origin.path, at_key=at_key)
    if span is None:
        return None
    kind: PlaceOrigin = "default" if origin.is_default else "file"
    return _place_in(origin.document, span, kind)


def _span(document: Document, path: KeyPath, *, at_key: bool) -> Span | None:
    key = document.key_span(path)
    if at_key and key:
        return key
    return document.value_span(path) or key


def _user_place(values: Source, path: KeyPath, *, at_key: bool) -> Place | None:
    """The path, or its nearest ancestor, where a user layer set it."""
    shortest = 0 if values.base else 1
    for end in range(len(path), shortest - 1, -1):
        if _is_set_by_user(values, path[:end]):
            return _place(values, path[:end], at_key=at_key or end < len(path))
    return None


def _default_place(values: Source, path: KeyPath, *, at_key: bool) -> Place:
    """The path, or its nearest ancestor, in the chart's values.yaml; else the first line."""
    place = _place(values, path, at_key=at_key) or _key_in_chart(values, path[:-1])
    if place:
        return place
    if values.files:
        return _place_in(values.files[0], _START, "file")
    return _place_in(values.chart.defaults, _START, "default")


def _place_in_chart(values: Source, path: KeyPath) -> Place:
    place = _key_in_chart(values, path)
    return place or _place_in(values.chart.defaults, _START, "default")


def _key_in_chart(values: Source, path: KeyPath) -> Place | None:
    """The path's key, or that of its nearest ancestor, in the chart's values.yaml."""
    defaults = values.chart.defaults
    for end in range(len(path), 0, -1):
        if span := defaults.key_span(path[:end]):
            return _place_in(defaults, span, "default")
    return None


def _place_in(document: Document, span: Span, origin: PlaceOrigin) -> Place:
    source, cut = document.excerpt(span.line, span.column)
    position = (span.line, span.column, span.end_line, span.end_column)
    return Place(origin, document.file, *position, source=source, cut=cut)


def _file_fixes(fix: Fix, values: Source) -> Iterator[FileFix]:
    """The fix in each of the user's own files that needs it."""
    origin = values.origin(fix.path)
    if origin is None or origin.document not in values.root.files:
        return
    fix = replace(fix, path=origin.path)
    files = []
    for document in values.root.files:
        # Without the key in the upper file, the same key of a lower one would count.
        is_hidden = lookup(document.tree, fix.path) is not MISSING
        if document is origin.document or (is_hidden and not isinstance(fix, Quote)):
            files.append(document.file)
    # Nothing can be written back to standard input or a pipe.
    if not any(map(inputs.is_read_once, files)):
        for file in files:
            yield FileFix(file, fix)
