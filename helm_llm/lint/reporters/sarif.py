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
from typing import TextIO, TypeAlias
from urllib.parse import quote

from helm_llm import __version__
from helm_llm.keypath import dotted
from helm_llm.lint.finding import Finding, Place
from helm_llm.lint.report import Report
from helm_llm.lint.reporters.repository import repository_path
from helm_llm.lint.rule import AnyRule, Confidence, Severity

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
"""The characters of a description that GitHub accepts."""

Object: TypeAlias = dict[str, object]


def write_report(report: Report, out: TextIO) -> None:
    """Print one log with one run."""
    json.dump(as_object(report), out, indent=2, ensure_ascii=False)
    out.write("\n")


def as_object(report: Report) -> Object:
    """The report in JSON's types."""
    rules = list(dict.fromkeys(finding.rule for finding in report.findings))
    index = {rule.id: number for number, rule in enumerate(rules)}
    results = []
    fingerprints = _fingerprints(report.findings)
    for finding, fingerprint in zip(report.findings, fingerprints, strict=True):
        results.append(_result(finding, index[finding.rule.id], fingerprint))
    driver = {
        "name": "helm-llm",
        "semanticVersion": __version__,
        "informationUri": _HOME,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: AnyRule) -> Object:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": _description(rule)},
        "help": {"text": rule.page, "markdown": rule.page},
        "helpUri": f"{_HOME}/blob/v{__version__}/docs/rules.md#{rule.id}",
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "precision": _PRECISION[rule.confidence],
            "problem.severity": _PROBLEM[rule.severity],
            "tags": [rule.area],
        },
    }


def _description(rule: AnyRule) -> str:
    """The section "Why" of the rule's page."""
    _, _, after = rule.page.partition("## Why\n")
    why, _, _ = after.partition("## ")
    text = " ".join(why.split()) or rule.title
    if len(text) > _DESCRIPTION:
        return text[: _DESCRIPTION - 1] + "…"
    return text


def _fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """Fingerprints that stay the same for a finding that only moved.

    They cover the rule, file, values path and text of the line, and number equal ones.
    """
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
        # An option may contain bytes that are not UTF-8, as surrogates.
        content = "\0".join(parts).encode("utf-8", "surrogatepass")
        key = sha256(content).hexdigest()[:16]
        seen[key] += 1
        yield f"{key}:{seen[key]}"


def _result(finding: Finding, index: int, fingerprint: str) -> Object:
    result: Object = {
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": _LEVELS[finding.rule.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(finding.in_file)],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
    }
    related: list[Object] = []
    for one in finding.related:
        # An option is not in a file; the message names it.
        if not one.place.file:
            continue
        location = _location(one.place)
        location["id"] = len(related) + 1
        location["message"] = {"text": one.message}
        related.append(location)
    if related:
        result["relatedLocations"] = related
    return result


def _message(finding: Finding) -> str:
    """The message with links to the related places, which GitHub only shows by a link."""
    lines = [_without_links(finding.full_message)]
    id = 0
    for related in finding.related:
        if related.place.file:
            id += 1
            text = _link_text(related.message)
            lines.append(f"[{text}]({id})")
        else:
            text = f"{related.place}: {related.message}"
            lines.append(_without_links(text))
    if finding.help:
        lines.append(_without_links(finding.help))
    return "\n".join(lines)


def _without_links(text: str) -> str:
    """The text with its brackets escaped: the only links of a message are ours."""
    if "](" not in text:
        return text
    return _link_text(text)


def _link_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _location(place: Place) -> Object:
    location = {"artifactLocation": {"uri": _uri(place)}, "region": _region(place)}
    return {"physicalLocation": location}


def _uri(place: Place) -> str:
    path = repository_path(place.file or "")
    if "://" in path:
        return path
    if Path(path).is_absolute():
        return Path(path).as_uri()
    return quote(os.fsencode(path))


def _region(place: Place) -> dict[str, int]:
    """One line, or from the start to its end: GitHub hides what spans lines in a pull request."""
    region = {"startLine": place.line, "startColumn": place.column}
    if place.end_line == place.line:
        region["endColumn"] = max(place.end_column, place.column + 1)
    return region
