"""The JSON report, described by report.schema.json. Within a version, no key is removed."""

from __future__ import annotations

import json
from typing import TextIO, TypeAlias

from helm_llm import __version__
from helm_llm.keypath import dotted
from helm_llm.lint.finding import Finding, Place, RelatedPlace
from helm_llm.lint.report import LintedTarget, Report
from helm_llm.lint.rule import Severity

VERSION = 1

Object: TypeAlias = dict[str, object]


def write_report(report: Report, out: TextIO) -> None:
    """Print one object."""
    json.dump(as_object(report), out, indent=2, ensure_ascii=False)
    out.write("\n")


def as_object(report: Report) -> Object:
    """The report in JSON's types."""
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


def _target(target: LintedTarget) -> Object:
    return {
        "chart": target.chart,
        "version": target.version,
        "source": target.source,
        "values": list(target.values),
        "rendered": target.rendered,
    }


def _finding(finding: Finding) -> Object:
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


def _place(place: Place) -> Object:
    if place.file is None:
        return {"file": None, "origin": place.origin, "option": place.option}
    found: Object = {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
        "origin": place.origin,
    }
    if place.object:
        found["object"] = place.object
    return found


def _related(related: RelatedPlace) -> Object:
    return {
        **_place(related.place),
        "path": dotted(related.path),
        "message": related.message,
    }
