"""The JSON report, version 1: keys are never removed within a version."""

from __future__ import annotations

import json
from typing import Any, TextIO

from helm_llm import __version__
from helm_llm.keypath import dotted
from helm_llm.lint.finding import Finding, Place, RelatedPlace
from helm_llm.lint.report import LintedTarget, Report
from helm_llm.lint.rule import Severity

VERSION = 1


def write_report(report: Report, out: TextIO) -> None:
    """Print one object."""
    json.dump(as_object(report), out, indent=2, ensure_ascii=False)
    out.write("\n")


def as_object(report: Report) -> dict[str, Any]:
    """The report as JSON's types."""
    return {
        "version": VERSION,
        "tool": {"name": "helm-llm", "version": __version__},
        "helm": report.helm,
        "targets": [_target(target) for target in report.targets],
        "findings": [_finding(finding) for finding in report.findings],
        "summary": {
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "infos": report.count(Severity.INFO),
            "suppressed": report.suppressed,
            "baselined": report.baselined,
            "baselineUnmatched": report.unmatched,
            "files": report.files,
        },
    }


def _target(target: LintedTarget) -> dict[str, Any]:
    return {
        "chart": target.chart,
        "version": target.version,
        "source": target.source,
        "values": list(target.values),
        "rendered": target.rendered,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    return {
        "rule": rule.id,
        "area": rule.area,
        "severity": str(rule.severity),
        "confidence": str(rule.confidence),
        "message": finding.message,
        "help": finding.help,
        "path": dotted(finding.path),
        "fixable": bool(finding.fixes),
        "location": _place(finding.place),
        "related": [_related(related) for related in finding.related],
    }


def _place(place: Place) -> dict[str, Any]:
    if place.file is None:
        return {"file": None, "origin": place.origin, "option": place.option}
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "origin": place.origin,
        **({"object": place.object} if place.object else {}),
    }


def _related(related: RelatedPlace) -> dict[str, Any]:
    return {
        **_place(related.place),
        "path": dotted(related.path),
        "message": related.message,
    }
