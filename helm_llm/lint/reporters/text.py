"""The text report: position, message, the line with the culprit marked, related places, help."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TextIO

from helm_llm.lint.finding import Finding, Place
from helm_llm.lint.report import Report
from helm_llm.lint.rule import Severity

_COLOURS = {"error": "31", "warning": "33", "info": "36"}
_BOLD, _DIM, _GREEN = "1", "2", "32"


def write_report(report: Report, out: TextIO) -> None:
    """Print every finding, then the counts."""
    paint = _Painter(coloured=_coloured(out))
    for finding in report.findings:
        out.writelines(line + "\n" for line in _finding(finding, paint))
        out.write("\n")
    worst = next(
        (str(severity) for severity in reversed(Severity) if report.count(severity)), ""
    )
    out.write(paint(summary(report), _COLOURS.get(worst, _GREEN)) + "\n")


def _coloured(out: TextIO) -> bool:
    """On a terminal; NO_COLOR and FORCE_COLOR say otherwise, the first one wins."""
    if os.environ.get("NO_COLOR"):
        return False
    if forced := os.environ.get("FORCE_COLOR"):
        return forced != "0"
    return out.isatty() and os.environ.get("TERM") != "dumb"


class _Painter:
    def __init__(self, *, coloured: bool) -> None:
        self._coloured = coloured

    def __call__(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured and text else text


def _finding(finding: Finding, paint: _Painter) -> Iterator[str]:
    severity = str(finding.rule.severity)
    label = paint(f"{severity}[{finding.rule.id}]", f"{_BOLD};{_COLOURS[severity]}")
    yield f"{paint(str(finding.place), _BOLD)}: {label} {_one_line(finding.message)}"
    yield from _excerpt(finding.place, paint, _COLOURS[severity])
    for related in finding.related:
        default = " (chart default)" if related.place.origin == "default" else ""
        yield f"  {paint(str(related.place), _BOLD)}: {_one_line(related.message)}{default}"
    help = f"  help: {_one_line(finding.help)}" if finding.help else " "
    yield f"{help}{' ' * 6 if finding.help else ' '}{paint(f'helm llm rules {finding.rule.id}', _DIM)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _excerpt(place: Place, paint: _Painter, colour: str) -> Iterator[str]:
    source = place.source.rstrip()
    if place.file is None or not source:
        return
    start, end = place.marked
    start, width, source = _window(source, start, max(1, end - start))
    marked = source[start : start + width] or "^"
    yield f"{place.line:>5} | {source}"
    yield f"{'':>5} | {' ' * columns(source[:start])}{paint('^' * max(1, columns(marked)), colour)}"


_WIDEST = 160


def _window(source: str, start: int, width: int) -> tuple[int, int, str]:
    """The part of a long line that holds the culprit."""
    if len(source) <= _WIDEST:
        return start, width, source
    begin = max(0, start - _WIDEST // 2)
    return (
        start - begin,
        min(width, _WIDEST - (start - begin)),
        source[begin : begin + _WIDEST],
    )


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(
        2 if east_asian_width(char) in "WF" else not combining(char) for char in text
    )


def summary(report: Report) -> str:
    """`2 errors, 1 suppressed in 3 targets (1 chart, 2 values files)`."""
    linted = _count(len(report.targets), "target")
    charts = _count(len({target.source for target in report.targets}), "chart")
    files = _count(report.files, "values file")
    entries = _count(
        report.unmatched,
        "entry of the baseline matches",
        "entries of the baseline match",
    )
    stale = f"; {entries} nothing: write it anew" if report.unmatched else ""
    return (
        f"{_verdict(report)} in {linted} ({charts}, {files}){_fixable(report)}{stale}"
    )


def _fixable(report: Report) -> str:
    return f"; --fix cures {report.fixable} of them" if report.fixable else ""


def _verdict(report: Report) -> str:
    counts = [
        _count(n, str(severity))
        for severity in reversed(Severity)
        if (n := report.count(severity))
    ]
    hidden = {"suppressed": report.suppressed, "baselined": report.baselined}
    return ", ".join(
        [
            *(counts or ["no findings"]),
            *(f"{number} {how}" for how, number in hidden.items() if number),
        ]
    )


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
