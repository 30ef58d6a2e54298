"""Annotations of GitHub Actions, and a table in the summary of the step for the rest.

A step shows ten annotations of each level, and its summary holds 1 MiB:
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from helm_llm.lint.finding import Finding
from helm_llm.lint.report import Report
from helm_llm.lint.reporters.repository import repository_path
from helm_llm.lint.reporters.text import summary
from helm_llm.lint.rule import Severity

SHOWN, SUMMARY_BYTES = 10, 1024 * 1024
_LEVELS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def write_report(report: Report, out: TextIO) -> None:
    """Print workflow commands; $GITHUB_STEP_SUMMARY gets what GitHub would not show."""
    rest: list[Finding] = []
    for severity in reversed(Severity):
        findings = [f for f in report.findings if f.rule.severity is severity]
        for finding in findings[:SHOWN]:
            annotation = _annotation(finding)
            out.write(f"{annotation}\n")
        rest += findings[SHOWN:]
    for finding in rest:
        message = " ".join(finding.message.split())
        label = _label(finding)
        out.write(f"{finding.place}: {label} {message}\n")
    out.write(summary(report) + "\n")
    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if rest and page:
        _append_table(Path(page), rest)


def _annotation(finding: Finding) -> str:
    place = finding.in_file
    properties: dict[str, object] = {
        "file": repository_path(place.file or ""),
        "line": place.line,
        "endLine": place.end_line,
    }
    # GitHub ignores the columns of an annotation that spans lines.
    if place.line == place.end_line:
        properties |= {"col": place.column, "endColumn": place.end_column}
    properties["title"] = finding.rule.id
    pairs = []
    for name, value in properties.items():
        text = _property(str(value))
        pairs.append(f"{name}={text}")
    level = _LEVELS[finding.rule.severity]
    parameters = ",".join(pairs)
    message = _message(finding)
    return f"::{level} {parameters}::{_data(message)}"


def _message(finding: Finding) -> str:
    """The message with its notes and help: an annotation shows no other place than its own."""
    lines = [finding.full_message]
    lines += [f"{related.place}: {related.message}" for related in finding.related]
    if finding.help:
        lines.append(f"help: {finding.help}")
    return "\n".join(lines)


def _data(text: str) -> str:
    # The percent sign first, since it begins the other escapes.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _append_table(page: Path, findings: Sequence[Finding]) -> None:
    from helm_llm.writing import append  # few reports have that many findings

    room = SUMMARY_BYTES
    # Earlier commands of the step may have written to the page.
    if page.is_file():
        room -= page.stat().st_size
    table = _table(findings, room)
    append(page, "".join(table))


_LAST_LINE = 100
"""Bytes that are kept for a last line about findings without a row."""


def _table(findings: Sequence[Finding], room: int) -> Iterator[str]:
    """The table, cut to the room: GitHub rejects a summary that is too large."""
    title = f"helm-llm: {len(findings)} more than the {SHOWN} annotations of a level"
    head = f"### {title}\n\n| | |\n|---|---|\n"
    room -= len(head) + _LAST_LINE
    if room > 0:
        yield head
    for at, finding in enumerate(findings):
        place = _cell(str(finding.place))
        label = _label(finding)
        message = _cell(finding.message)
        row = f"| {place} | {label} {message} |\n"
        room -= len(row.encode())
        if room < 0:
            left = len(findings) - at
            yield f"\n{left} more are in the log\n"
            return
        yield row


def _label(finding: Finding) -> str:
    return f"{finding.rule.severity}[{finding.rule.id}]"


_MARKDOWN = re.compile(r"[\\`*_\[\]|!#~]")


def _cell(text: str) -> str:
    """Plain text: GitHub must not render a link, image or code that a values file contains."""
    line = " ".join(text.split())
    without_html = line.replace("&", "&amp;").replace("<", "&lt;")
    return _MARKDOWN.sub(r"\\\g<0>", without_html)
