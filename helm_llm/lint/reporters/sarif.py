"""SARIF 2.1.0, as GitHub code scanning reads it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html;
https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from helm_llm import __version__
from helm_llm.keypath import dotted
from helm_llm.lint.finding import Finding, Place
from helm_llm.lint.report import Report
from helm_llm.lint.reporters.repository import repository_path
from helm_llm.lint.rule import Confidence, Rule, Severity

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_HOME = "https://github.com/helm-llm/helm-llm"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEM = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "recommendation",
}
_PRECISION = {
    Confidence.CERTAIN: "very-high",
    Confidence.LIKELY: "high",
    Confidence.ADVICE: "medium",
}
_DESCRIPTION = 1024
"""Characters of a description that GitHub takes."""


def write_report(report: Report, out: TextIO) -> None:
    """Print one log with one run."""
    json.dump(as_object(report), out, indent=2, ensure_ascii=False)
    out.write("\n")


def as_object(report: Report) -> dict[str, Any]:
    """The report as JSON's types."""
    rules = list(
        {finding.rule.id: finding.rule for finding in report.findings}.values()
    )
    index = {rule.id: at for at, rule in enumerate(rules)}
    driver = {
        "name": "helm-llm",
        "semanticVersion": __version__,
        "informationUri": _HOME,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, index[finding.rule.id], fingerprint)
            for finding, fingerprint in zip(
                report.findings, _fingerprints(report.findings), strict=True
            )
        ],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule[Any]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": _why(rule)},
        "help": {"text": rule.page, "markdown": rule.page},
        "helpUri": f"{_HOME}/blob/v{__version__}/docs/rules.md#{rule.id}",
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "precision": _PRECISION[rule.confidence],
            "problem.severity": _PROBLEM[rule.severity],
            "tags": [rule.area],
        },
    }


def _why(rule: Rule[Any]) -> str:
    _, _, after = rule.page.partition("## Why\n")
    text = " ".join(after.partition("## ")[0].split()) or rule.title
    return text if len(text) <= _DESCRIPTION else text[: _DESCRIPTION - 1] + "…"


def _fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """The same for a finding that only moved: rule, file, values path, the line's text, and which one of those."""
    seen: Counter[str] = Counter()
    for finding in findings:
        place = finding.in_file
        parts = (
            finding.rule.id,
            _uri(place),
            dotted(finding.path),
            place.source.strip(),
            finding.place.option or "",
        )
        key = sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        seen[key] += 1
        yield f"{key}:{seen[key]}"


def _result(finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    related = [one for one in finding.related if one.place.file]
    notes = [
        {**_location(one.place), "id": at, "message": {"text": one.message}}
        for at, one in enumerate(related, 1)
    ]
    result = {
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": _LEVELS[finding.rule.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(finding.in_file)],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
    }
    return {**result, "relatedLocations": notes} if notes else result


def _message(finding: Finding) -> str:
    """The message with links to the related places, which GitHub shows by them alone."""
    numbers = iter(range(1, len(finding.related) + 1))
    notes = [
        f"[{_link_text(one.message)}]({next(numbers)})"
        if one.place.file
        else _no_link(f"{one.place}: {one.message}")
        for one in finding.related
    ]
    return "\n".join(
        [
            _no_link(finding.full_message),
            *notes,
            *([_no_link(finding.help)] if finding.help else []),
        ]
    )


def _no_link(text: str) -> str:
    """A link in a message is of our making alone."""
    return _link_text(text) if "](" in text else text


def _link_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _location(place: Place) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(place)},
            "region": _region(place),
        }
    }


def _uri(place: Place) -> str:
    path = repository_path(place.file or "")
    if "://" in path:
        return path
    return Path(path).as_uri() if Path(path).is_absolute() else quote(os.fsencode(path))


def _region(place: Place) -> dict[str, int]:
    """One line, and without an end all of it: a pull request hides what spans several."""
    start = {"startLine": place.line, "startColumn": place.column}
    if place.end_line != place.line:
        return start
    return {**start, "endColumn": max(place.end_column, place.column + 1)}
