"""The text report: position, message, the line with the culprit marked, related places, help."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TextIO

from helm_llm.lint.finding import Finding, Place
from helm_llm.lint.grammar import count_noun
from helm_llm.lint.report import Report
from helm_llm.lint.rule import Severity

_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_BOLD, _DIM, _GREEN = "1", "2", "32"
_WIDEST = 160
"""Columns of a line of source."""


def write_report(report: Report, out: TextIO) -> None:
    """Print every finding, then the counts."""
    paint = _Painter(coloured=_is_coloured(out))
    for finding in report.findings:
        for line in _finding_lines(finding, paint):
            out.write(f"{line}\n")
        out.write("\n")
    last_line = paint(summary(report), _summary_colour(report))
    out.write(f"{last_line}\n")


def _is_coloured(out: TextIO) -> bool:
    """Whether to colour: on terminals, unless NO_COLOR or, after it, FORCE_COLOR is set."""
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    if forced:
        return forced != "0"
    if os.environ.get("TERM") == "dumb":
        return False
    return out.isatty()


def _summary_colour(report: Report) -> str:
    for severity in reversed(Severity):
        if report.count(severity):
            return _COLOURS[severity]
    return _GREEN


class _Painter:
    def __init__(self, *, coloured: bool) -> None:
        self._coloured = coloured

    def __call__(self, text: str, colour: str) -> str:
        if not text or not self._coloured:
            return text
        return f"\x1b[{colour}m{text}\x1b[0m"


def _finding_lines(finding: Finding, paint: _Painter) -> Iterator[str]:
    rule = finding.rule
    colour = _COLOURS[rule.severity]
    place = paint(str(finding.place), _BOLD)
    label = paint(f"{rule.severity}[{rule.id}]", f"{_BOLD};{colour}")
    message = _on_one_line(finding.message)
    yield f"{place}: {label} {message}"
    yield from _excerpt(finding.place, paint, colour)
    for related in finding.related:
        place = paint(str(related.place), _BOLD)
        message = _on_one_line(related.message)
        note = f"  {place}: {message}"
        if related.place.origin == "default":
            note += " (chart default)"
        yield note
    manual = paint(f"helm llm rules {rule.id}", _DIM)
    if finding.help:
        help = _on_one_line(finding.help)
        yield f"  help: {help}      {manual}"
    else:
        yield f"  {manual}"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _excerpt(place: Place, paint: _Painter, colour: str) -> Iterator[str]:
    """The line of source, and carets below the culprit."""
    source = place.source.rstrip()
    if place.file is None or not source:
        return
    start, end = place.marked
    width = max(1, end - start)
    if len(source) > _WIDEST:
        # the part of a long line around the culprit
        begin = max(0, start - _WIDEST // 2)
        source = source[begin : begin + _WIDEST]
        start -= begin
        width = min(width, _WIDEST - start)
    before = source[:start]
    marked = source[start : start + width]
    indent = " " * columns(before)
    # The end of a line has no character to mark.
    carets = "^" * max(1, columns(marked))
    yield f"{place.line:>5} | {source}"
    yield f"{'':>5} | {indent}{paint(carets, colour)}"


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    width = 0
    for character in text:
        if east_asian_width(character) in "WF":
            width += 2
        elif not combining(character):
            width += 1
    return width


def summary(report: Report) -> str:
    """`2 errors, 1 suppressed in 3 targets (1 chart, 2 values files)`."""
    sources = {target.source for target in report.targets}
    targets = count_noun(len(report.targets), "target")
    charts = count_noun(len(sources), "chart")
    files = count_noun(report.files, "values file")
    verdict = _verdict(report)
    text = f"{verdict} in {targets} ({charts}, {files})"
    if report.fixable:
        text += f"; --fix can fix {report.fixable} of them"
    if report.unmatched:
        entries = count_noun(report.unmatched, "baseline entry", "baseline entries")
        verb = "match"
        if report.unmatched == 1:
            verb = "matches"
        text += f"; {entries} {verb} nothing: write the baseline again"
    return text


def _verdict(report: Report) -> str:
    """The counts: by severity, then of the findings that are not reported."""
    counts = []
    for severity in reversed(Severity):
        number = report.count(severity)
        if number:
            counts.append(count_noun(number, str(severity)))
    if not counts:
        counts.append("no findings")
    if report.suppressed:
        counts.append(f"{report.suppressed} suppressed")
    if report.baselined:
        counts.append(f"{report.baselined} baselined")
    return ", ".join(counts)
