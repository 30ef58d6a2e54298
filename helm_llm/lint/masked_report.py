"""A report that is safe to print: without secrets and control characters in its texts."""

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
from helm_llm.masking import clean, clean_line, known_secrets
from helm_llm.masking.phrases import assigned_spans, pair_spans
from helm_llm.masking.registry import MASK, join_spans
from helm_llm.masking.visible import escape_controls_in_line


def mask_report(report: Report, documents: Iterable[Document]) -> Report:
    """Mask the report of a run that read these documents."""
    by_file = {document.file: document for document in documents}
    masker = _Masker(by_file)
    findings = map(masker.finding, report.findings)
    return replace(mask_targets(report), findings=tuple(findings))


def mask_targets(report: Report) -> Report:
    """Mask the names of targets; enough for a report without findings."""
    targets = map(_target, report.targets)
    return replace(report, targets=tuple(targets))


def _target(target: LintedTarget) -> LintedTarget:
    files = map(escape_controls_in_line, target.values)
    return LintedTarget(
        escape_controls_in_line(target.chart),
        escape_controls_in_line(target.version),
        escape_controls_in_line(target.source),
        tuple(files),
        target.rendered,
    )


_LONGEST = 1000
"""Characters of an option that a finding shows."""


class _Masker:
    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._secrets: dict[str, secret_spans.SecretsByLine] = {}
        self._options: dict[str, str] = {}
        self._spans: dict[tuple[str, int, str], list[Span]] = {}

    def finding(self, finding: Finding) -> Finding:
        secrets = self._secrets_at(finding.place)
        message = _without(secrets, finding.message)
        help = _without(secrets, finding.help)
        related = map(self._related, finding.related)
        chart_place = finding.chart_place
        if chart_place is not None:
            chart_place = self._place(chart_place)
        return replace(
            finding,
            place=self._place(finding.place),
            path=_path(finding.path),
            message=clean(message),
            help=clean(help),
            related=tuple(related),
            chart=clean_line(finding.chart),
            chart_place=chart_place,
        )

    def _related(self, related: RelatedPlace) -> RelatedPlace:
        secrets = self._secrets_at(related.place)
        message = _without(secrets, related.message)
        place = self._place(related.place)
        path = _path(related.path)
        return RelatedPlace(place, path, clean_line(message))

    def _place(self, place: Place) -> Place:
        secrets = self._spans_in(place)
        source, mark = excerpt(place.source, secrets, place.marked)
        return replace(
            place,
            file=place.file and clean_line(place.file),
            option=place.option and self._option(place.option),
            object=clean_line(place.object),
            source=source,
            mark=mark,
        )

    def _option(self, text: str) -> str:
        # An option may set thousands of values, with a finding for each of them.
        if text not in self._options:
            cleaned = clean_line(text)
            if len(cleaned) > _LONGEST:
                cleaned = f"{cleaned[: _LONGEST - 3]}..."
            self._options[text] = cleaned
        return self._options[text]

    def _spans_in(self, place: Place) -> list[Span]:
        """The secrets in the part of the line that a place shows."""
        start = place.cut
        end = start + len(place.source)
        in_line = self._spans_of_line(place)
        found = []
        for first, last in overlapping(start, end, in_line):
            found.append((first - start, last - start))
        return found

    def _spans_of_line(self, place: Place) -> list[Span]:
        """The secrets in a line, found once for all of its findings."""
        file = place.file or ""
        line = place.source
        document = self._documents.get(file)
        # Without a document, the same number may belong to different texts.
        key = (file, place.line, line)
        if document:
            key = (file, place.line, "")
        known = self._spans.get(key)
        if known is not None:
            return known
        found: list[Span] = []
        if document:
            line = document.line(place.line)
            found += self._secrets_of(document).in_line(place.line)
        if line:
            found += pair_spans(line)
            found += assigned_spans(line)
            found += known_secrets().spans(line)
        spans = join_spans(found)
        self._spans[key] = spans
        return spans

    def _secrets_of(self, document: Document) -> secret_spans.SecretsByLine:
        file = document.file
        if file not in self._secrets:
            self._secrets[file] = secret_spans.SecretsByLine(document)
        return self._secrets[file]

    def _secrets_at(self, place: Place) -> list[str]:
        """The secrets at which a finding points, however short or common.

        The message must not repeat them.
        """
        start, end = place.marked
        end = max(end, start + 1)
        marked = overlapping(start, end, self._spans_in(place))
        return [place.source[first:last] for first, last in marked]


def _path(path: KeyPath) -> KeyPath:
    return tuple(clean_line(key) if isinstance(key, str) else key for key in path)


def _without(secrets: Iterable[str], text: str) -> str:
    for secret in secrets:
        escaped = re.escape(secret)
        # A short secret may also be a part of ordinary words.
        text = re.sub(rf"(?<!\w){escaped}(?!\w)", MASK, text)
    return text
