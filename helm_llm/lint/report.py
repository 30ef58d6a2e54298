"""The outcome of a run, and the exit code that it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helm_llm.lint.finding import Finding
from helm_llm.lint.rule import Severity


@dataclass(frozen=True, slots=True)
class LintedTarget:
    """A target as it was linted."""

    chart: str
    version: str
    source: str
    """The chart, as the user named it."""
    values: tuple[str, ...]
    rendered: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Findings in order, and what was linted."""

    targets: tuple[LintedTarget, ...]
    findings: tuple[Finding, ...]
    suppressed: int
    """Number of findings that comments hide."""
    helm: str | None
    baselined: int = 0
    """Number of findings that the baseline hides."""
    unmatched: int = 0
    """Number of baseline entries that hide nothing."""

    @property
    def files(self) -> int:
        """Number of values files, each counted once."""
        files: set[str] = set()
        for target in self.targets:
            files.update(target.values)
        return len(files)

    @property
    def fixable(self) -> int:
        """Number of findings that --fix resolves."""
        return sum(bool(finding.fixes) for finding in self.findings)

    def count(self, severity: Severity) -> int:
        """Number of findings of one severity."""
        return sum(finding.rule.severity is severity for finding in self.findings)

    def exit_code(self, fail_on: Severity | None) -> int:
        """1 if a finding reaches the threshold, else 0; None never fails."""
        if fail_on is None:
            return 0
        for finding in self.findings:
            severity = finding.rule.severity
            if severity >= fail_on:
                return 1
        return 0


def sort_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """By file, line, column and rule; targets that share a file report it once."""
    unique: dict[tuple[object, ...], Finding] = {}
    for finding in sorted(findings, key=lambda finding: finding.order):
        unique[finding.order] = finding
    return tuple(unique.values())
