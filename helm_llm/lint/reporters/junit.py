"""JUnit XML: a suite for each chart, a case for each values file, those without findings too."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import TextIO

from helm_llm.junit import printable, write_xml
from helm_llm.lint.finding import Finding
from helm_llm.lint.report import Report

Suite = dict[str, list[Finding]]

DEFAULTS, OPTIONS = "chart defaults", "command line"
"""The cases of what no values file holds."""


def write_report(report: Report, out: TextIO) -> None:
    """Print the suites."""
    suites = _suites(report)
    root = ET.Element("testsuites", {"name": "helm llm lint", **_counts(suites)})
    for chart, cases in suites.items():
        suite = ET.SubElement(
            root, "testsuite", {"name": printable(chart), **_counts({chart: cases})}
        )
        for name, findings in cases.items():
            _case(suite, chart, name, findings)
    write_xml(root, out)


def _suites(report: Report) -> dict[str, Suite]:
    """Every finding in exactly one case: a file that several charts share is the first one's."""
    suites: dict[str, Suite] = {}
    for target in report.targets:
        suites.setdefault(target.source, {}).update(
            {name: [] for name in target.values or (DEFAULTS,)}
        )
    for finding in report.findings:
        case = _case_of(finding)
        holders = (chart for chart, cases in suites.items() if case in cases)
        chart = (
            finding.chart
            if finding.chart in suites
            else next(holders, next(iter(suites), ""))
        )
        suites.setdefault(chart, {}).setdefault(case, []).append(finding)
    return suites


def _case_of(finding: Finding) -> str:
    place = finding.place
    return (
        OPTIONS
        if place.file is None
        else DEFAULTS
        if place.origin == "default"
        else place.file
    )


def _counts(suites: Mapping[str, Suite]) -> dict[str, str]:
    cases = [findings for suite in suites.values() for findings in suite.values()]
    return {
        "tests": str(len(cases)),
        "failures": str(sum(map(bool, cases))),
        "errors": "0",
    }


def _case(
    suite: ET.Element, chart: str, name: str, findings: Sequence[Finding]
) -> None:
    case = ET.SubElement(
        suite, "testcase", classname=printable(chart), name=printable(name)
    )
    for finding in findings:
        text = f"{finding.place}: {finding.rule.severity}[{finding.rule.id}] {finding.message}"
        failure = ET.SubElement(
            case, "failure", type=finding.rule.id, message=printable(text)
        )
        notes = [f"{related.place}: {related.message}" for related in finding.related]
        failure.text = printable(
            "\n".join(
                filter(None, [finding.place.source.rstrip(), *notes, finding.help])
            )
        )
