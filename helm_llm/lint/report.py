"""The outcome of a run, and what exit code it means."""

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
    values: tuple[str, ...]
    rendered: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Findings in order, what was linted, and how many findings were suppressed."""

    targets: tuple[LintedTarget, ...]
    findings: tuple[Finding, ...]
    suppressed: int
    helm: str | None
    baselined: int = 0
    """Findings that the baseline hides."""
    unmatched: int = 0
    """Entries of the baseline that hide nothing."""

    @property
    def files(self) -> int:
        """How many values files were read, each once."""
        return len({file for target in self.targets for file in target.values})

    def count(self, severity: Severity) -> int:
        """Findings of one severity."""
        return sum(finding.rule.severity is severity for finding in self.findings)

    @property
    def fixable(self) -> int:
        """Findings that --fix cures."""
        return sum(bool(finding.fixes) for finding in self.findings)

    def exit_code(self, fail_on: Severity | None) -> int:
        """1 when a finding reaches the threshold, else 0; None never fails."""
        return int(
            fail_on is not None
            and any(f.rule.severity >= fail_on for f in self.findings)
        )


def sort_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """By file, line, column and rule; equal ones, as several targets share a file, once."""
    unique = {
        finding.order: finding
        for finding in sorted(findings, key=lambda finding: finding.order)
    }
    return tuple(unique.values())
