"""JUnit XML: a suite for each chart, and in it a case for each values file."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from typing import TextIO

from helm_llm.junit import printable, write_xml
from helm_llm.lint.finding import Finding
from helm_llm.lint.report import Report

Suite = dict[str, list[Finding]]

DEFAULTS, OPTIONS = "chart defaults", "command line"
"""The cases of findings outside of values files."""


def write_report(report: Report, out: TextIO) -> None:
    """Print the suites. Values files without findings are cases that pass."""
    suites = _suites(report)
    attributes = {"name": "helm llm lint", **_counts(suites)}
    root = ET.Element("testsuites", attributes)
    for chart, cases in suites.items():
        counts = _counts({chart: cases})
        attributes = {"name": printable(chart), **counts}
        suite = ET.SubElement(root, "testsuite", attributes)
        for name, findings in cases.items():
            _add_case(suite, chart, name, findings)
    write_xml(root, out)


def _suites(report: Report) -> dict[str, Suite]:
    """Every finding in exactly one case."""
    suites: dict[str, Suite] = {}
    for target in report.targets:
        suite = suites.setdefault(target.source, {})
        names = target.values or (DEFAULTS,)
        for name in names:
            suite[name] = []
    for finding in report.findings:
        case = _case_of(finding)
        chart = _chart_of(finding, case, suites)
        # The place may be in a file that no target names, such as a template.
        suite = suites.setdefault(chart, {})
        findings = suite.setdefault(case, [])
        findings.append(finding)
    return suites


def _case_of(finding: Finding) -> str:
    place = finding.place
    if place.file is None:
        return OPTIONS
    if place.origin == "default":
        return DEFAULTS
    return place.file


def _chart_of(finding: Finding, case: str, suites: Mapping[str, Suite]) -> str:
    """The finding's chart, or the first one with its file, or the first one of all."""
    if finding.chart in suites:
        return finding.chart
    for chart, cases in suites.items():
        if case in cases:
            return chart
    return next(iter(suites), "")


def _counts(suites: Mapping[str, Suite]) -> dict[str, str]:
    tests = 0
    failures = 0
    for suite in suites.values():
        tests += len(suite)
        # A case fails once, however many findings it has.
        failures += sum(map(bool, suite.values()))
    return {"tests": str(tests), "failures": str(failures), "errors": "0"}


def _add_case(
    suite: ET.Element, chart: str, name: str, findings: Sequence[Finding]
) -> None:
    attributes = {"classname": printable(chart), "name": printable(name)}
    case = ET.SubElement(suite, "testcase", attributes)
    for finding in findings:
        rule = finding.rule
        label = f"{rule.severity}[{rule.id}]"
        message = f"{finding.place}: {label} {finding.message}"
        attributes = {"type": rule.id, "message": printable(message)}
        failure = ET.SubElement(case, "failure", attributes)
        details = _details(finding)
        failure.text = printable(details)


def _details(finding: Finding) -> str:
    source = finding.place.source.rstrip()
    lines = [source]
    lines += [f"{related.place}: {related.message}" for related in finding.related]
    lines.append(finding.help)
    return "\n".join(filter(None, lines))
