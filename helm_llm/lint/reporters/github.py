"""Annotations of GitHub Actions: ten of each level, errors first, the rest in the log and in the step's summary.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands: a step shows ten annotations of each
level, a step's summary holds 1 MiB.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
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
    """Print workflow commands; what GitHub would not show goes to $GITHUB_STEP_SUMMARY."""
    by_severity = sorted(report.findings, key=lambda finding: -finding.rule.severity)
    rest: list[Finding] = []
    for _, same in groupby(by_severity, key=lambda finding: finding.rule.severity):
        findings = list(same)
        out.writelines(_command(finding) + "\n" for finding in findings[:SHOWN])
        rest += findings[SHOWN:]
    out.writelines(
        f"{finding.place}: {_label(finding)} {' '.join(finding.message.split())}\n"
        for finding in rest
    )
    out.write(summary(report) + "\n")
    page = os.environ.get("GITHUB_STEP_SUMMARY")
    if rest and page:
        _append(Path(page), rest)


def _command(finding: Finding) -> str:
    place = finding.in_file
    properties = {
        "file": repository_path(place.file or ""),
        "line": place.line,
        "endLine": place.end_line,
    }
    if place.line == place.end_line:  # GitHub ignores columns that span lines
        properties |= {"col": place.column, "endColumn": place.end_column}
    properties["title"] = finding.rule.id
    listed = ",".join(
        f"{name}={_property(str(value))}" for name, value in properties.items()
    )
    return f"::{_LEVELS[finding.rule.severity]} {listed}::{_data(_message(finding))}"


def _message(finding: Finding) -> str:
    """All that is known: an annotation shows no other place than its own."""
    notes = [f"{related.place}: {related.message}" for related in finding.related]
    help = [f"help: {finding.help}"] if finding.help else []
    return "\n".join([finding.full_message, *notes, *help])


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _append(page: Path, rest: Sequence[Finding]) -> None:
    from helm_llm.writing import append  # few reports have that many findings

    size = page.stat().st_size if page.is_file() else 0
    append(page, "".join(_fitting(rest, SUMMARY_BYTES - size)))


def _fitting(rest: Sequence[Finding], room: int) -> Iterator[str]:
    """The table, cut where GitHub would refuse all of it."""
    head = f"### helm-llm: {len(rest)} more than the {SHOWN} annotations of a level\n\n| | |\n|---|---|\n"
    room -= len(head) + _LAST_LINE
    if room > 0:
        yield head
    for at, finding in enumerate(rest):
        row = f"| {_cell(str(finding.place))} | {_label(finding)} {_cell(finding.message)} |\n"
        room -= len(row.encode())
        if room < 0:
            yield f"\n{len(rest) - at} more are in the log\n"
            return
        yield row


_LAST_LINE = 100
"""Bytes kept for saying that there is more."""


def _label(finding: Finding) -> str:
    return f"{finding.rule.severity}[{finding.rule.id}]"


def _cell(text: str) -> str:
    """Text alone: no link, image or code of a values file is carried out in the summary."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return _MARKDOWN.sub(r"\\\g<0>", text)


_MARKDOWN = re.compile(r"[\\`*_\[\]|!#~]")
