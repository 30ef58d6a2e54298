"""A report as it may leave: no secret and no control character in any of its texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from helm_llm.document.document import Document
from helm_llm.keypath import KeyPath
from helm_llm.lint import secret_spans
from helm_llm.lint.excerpt import Span, excerpt, overlapping
from helm_llm.lint.finding import Finding, Place, RelatedPlace
from helm_llm.lint.report import LintedTarget, Report
from helm_llm.masking import clean, clean_line, known
from helm_llm.masking.phrases import assigned, pairs
from helm_llm.masking.registry import MASK, joined
from helm_llm.masking.visible import visible_line


def mask_report(report: Report, documents: Iterable[Document]) -> Report:
    """The report of a run that read these documents."""
    cleaner = _Cleaner({document.file: document for document in documents})
    return replace(
        mask_targets(report), findings=tuple(map(cleaner.finding, report.findings))
    )


def mask_targets(report: Report) -> Report:
    """The report with what its targets are named after, for a run without findings."""
    return replace(report, targets=tuple(map(_target, report.targets)))


def _target(target: LintedTarget) -> LintedTarget:
    chart, version, source = (
        visible_line(text) for text in (target.chart, target.version, target.source)
    )
    return LintedTarget(
        chart, version, source, tuple(map(visible_line, target.values)), target.rendered
    )


def _path(path: KeyPath) -> KeyPath:
    return tuple(clean_line(key) if isinstance(key, str) else key for key in path)


_LONGEST = 1000
"""Characters of an option that a finding shows."""


class _Cleaner:
    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._lines: dict[str, secret_spans.Lines] = {}
        self._options: dict[str, str] = {}
        self._known: dict[tuple[str, int, str], list[Span]] = {}

    def finding(self, finding: Finding) -> Finding:
        own = self._own(finding.place)
        return replace(
            finding,
            place=self._place(finding.place),
            path=_path(finding.path),
            message=_text(finding.message, own),
            help=_text(finding.help, own),
            related=tuple(map(self._related, finding.related)),
            chart=clean_line(finding.chart),
            chart_place=finding.chart_place and self._place(finding.chart_place),
        )

    def _related(self, related: RelatedPlace) -> RelatedPlace:
        own = self._own(related.place)
        message = clean_line(_without(related.message, own))
        return RelatedPlace(self._place(related.place), _path(related.path), message)

    def _place(self, place: Place) -> Place:
        source, mark = excerpt(place.source, self._spans(place), place.marked)
        return replace(
            place,
            file=place.file and clean_line(place.file),
            option=place.option and self._option(place.option),
            object=clean_line(place.object),
            source=source,
            mark=mark,
        )

    def _option(self, text: str) -> str:
        """Masked first, then cut: an expression may set thousands of values, each with a finding that names it."""
        if text not in self._options:
            cleaned = clean_line(text)
            self._options[text] = (
                cleaned if len(cleaned) <= _LONGEST else cleaned[: _LONGEST - 3] + "..."
            )
        return self._options[text]

    def _spans(self, place: Place) -> list[Span]:
        """What the line holds that is secret; looked for once in a line, which may be that of many findings."""
        document = self._documents.get(place.file or "")
        key = (place.file or "", place.line, place.source if document is None else "")
        if key not in self._known:
            line = document.line(place.line) if document else place.source
            found = (
                [*pairs(line), *assigned(line), *known().spans(line)] if line else []
            )
            self._known[key] = joined([*self._certain(place), *found])
        start, end = place.cut, place.cut + len(place.source)
        return [
            (first - start, last - start)
            for first, last in overlapping(start, end, self._known[key])
        ]

    def _certain(self, place: Place) -> list[Span]:
        document = self._documents.get(place.file or "")
        if document is None:
            return []
        if document.file not in self._lines:
            self._lines[document.file] = secret_spans.Lines(document)
        return self._lines[document.file].of(place.line)

    def _own(self, place: Place) -> list[str]:
        """What a finding points at if that is secret: its message must not repeat it, however short or common it is."""
        start, end = place.marked
        return [
            place.source[first:last]
            for first, last in overlapping(
                start, max(end, start + 1), self._spans(place)
            )
        ]


def _text(text: str, own: Iterable[str]) -> str:
    return clean(_without(text, own))


def _without(text: str, own: Iterable[str]) -> str:
    for secret in own:
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", MASK, text)
    return text
