"""Problem -> Finding: the only code that turns values paths into lines and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    chart_place = None
    # Reports that can only point at files show this one for an option.
    if not place.file:
        chart_place = _place_in_chart(values, primary)
    fixes: Iterable[FileFix] = ()
    if problem.fix and values.is_editable:
        fixes = _file_fixes(problem.fix, values)
    related = _related_places(problem, primary, values)
    return Finding(
        rule,
        place,
        values.release_path(problem.path),
        problem.message,
        problem.help,
        tuple(related),
        chart_place=chart_place,
        fixes=tuple(fixes),
    )


def resolve_text(rule: AnyRule, problem: Problem, document: Document) -> Finding:
    """Place a problem of a file's text."""
    place = _place_in(document, problem.span or _START, "file")
    return Finding(rule, place, problem.path, problem.message, problem.help)


def _primary_path(problem: Problem, values: Source) -> KeyPath:
    paths = [problem.path]
    paths += [related.path for related in problem.related]
    for path in paths:
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
        note = f"{name} is set here"
        notes.insert(0, (problem.path, note))
    for path, message in notes:
        if path == primary:
            continue
        place = _place(values, path)
        if place:
            release_path = values.release_path(path)
            yield RelatedPlace(place, release_path, message)


def _place(values: Source, path: KeyPath, *, at_key: bool = False) -> Place | None:
    # The root of all values has no origin, but the root of a subchart's values is a key.
    if not path and not values.base:
        return None
    origin = _origin(values, path)
    if origin is None:
        return None
    if origin.option is not None:
        from helm_llm.masking.expression import mask_option

        return Place("set", option=mask_option(origin.option))
    if origin.template:
        return Place("manifest", origin.template, 1, 1, 1, 1, object=origin.object)
    document = origin.document
    if document is None:
        return None
    span = _span(document, origin.path, at_key=at_key)
    if span is None:
        return None
    if origin.is_default:
        return _place_in(document, span, "default")
    return _place_in(document, span, "file")


def _span(document: Document, path: KeyPath, *, at_key: bool) -> Span | None:
    key = document.key_span(path)
    if at_key and key:
        return key
    return document.value_span(path) or key


def _user_place(values: Source, path: KeyPath, *, at_key: bool) -> Place | None:
    """The path, or its nearest ancestor, where a user layer set it."""
    length = len(path)
    for end in range(length, -1, -1):
        here = path[:end]
        # The root of all values has no origin.
        if not here and not values.base:
            break
        if _is_set_by_user(values, here):
            is_ancestor = end < length
            return _place(values, here, at_key=at_key or is_ancestor)
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
        span = defaults.key_span(path[:end])
        if span:
            return _place_in(defaults, span, "default")
    return None


def _place_in(document: Document, span: Span, origin: PlaceOrigin) -> Place:
    source, cut = document.excerpt(span.line, span.column)
    position = (span.line, span.column, span.end_line, span.end_column)
    return Place(origin, document.file, *position, source=source, cut=cut)


def _file_fixes(fix: Fix, values: Source) -> Iterator[FileFix]:
    """The fix in each of the user's own files that needs it."""
    origin = values.origin(fix.path)
    user_documents = values.root.files
    if origin is None or origin.document not in user_documents:
        return
    fix = replace(fix, path=origin.path)
    changes_key = not isinstance(fix, Quote)
    files = []
    for document in user_documents:
        if document is origin.document:
            files.append(document.file)
            continue
        # Without the key in the upper file, the same key of a lower one would count.
        has_key = lookup(document.tree, fix.path) is not MISSING
        if changes_key and has_key:
            files.append(document.file)
    # Nothing can be written back to standard input or a pipe.
    if not any(map(inputs.is_read_once, files)):
        for file in files:
            yield FileFix(file, fix)
