"""The repairs of a report, carried out: files before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from helm_llm import inputs
from helm_llm.document.document import Document
from helm_llm.document.document import parse as parse_document
from helm_llm.lint.finding import Finding
from helm_llm.lint.fix import FileFix, Fix
from helm_llm.lint.fixes.diff import History, unified
from helm_llm.lint.fixes.edit import Edit, apply_fix, apply_fixes


@dataclass(frozen=True, slots=True)
class Change:
    """A file that repairs change."""

    file: str
    after: str
    documents: tuple[Document, Document]
    """What is read before and after."""
    edits: tuple[Edit, ...]
    """What makes the one text of the other."""

    @property
    def diff(self) -> str:
        """As `diff -u` prints it, without secrets and control characters."""
        from helm_llm.lint.secret_spans import masked_lines
        from helm_llm.masking import clean_line
        from helm_llm.masking.visible import visible

        old, new = (partial(masked_lines, document) for document in self.documents)
        return visible(
            unified(clean_line(self.file), self.documents[0].text, self.edits, old, new)
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """What can be done, in how many files, and for how many findings."""

    changes: tuple[Change, ...]
    findings: int

    def write(self) -> None:
        """Write every file, or none."""
        from helm_llm.writing import write_all

        write_all((Path(change.file), change.after) for change in self.changes)

    def __str__(self) -> str:
        return (
            f"{_count(self.findings, 'finding')} in {_count(len(self.changes), 'file')}"
        )


def plan_changes(findings: Sequence[Finding], *, helm_major: int) -> Changes:
    """Carry out what the findings propose, in memory; a repair that would change anything else is left out."""
    fixes: dict[str, dict[Fix, None]] = {}
    for repair in (repair for finding in findings for repair in finding.fixes):
        fixes.setdefault(repair.file, {})[repair.fix] = None
    done: set[FileFix] = set()
    found: list[Change] = []
    for file in sorted(fixes):
        before = inputs.read(file, "the values file").decode("utf-8")
        work = _Work(before, file, helm_major)
        work.carry_out(list(fixes[file]))
        found += [work.change()] if work.made else []
        done |= {FileFix(file, fix) for fix in work.made}
    cured = sum(
        bool(finding.fixes) and done.issuperset(finding.fixes) for finding in findings
    )
    return Changes(tuple(found), cured)


TRIED = 8 * 1024 * 1024
"""Characters of a file that are read to try fixes: what is not tried by then stays a finding."""


class _Work:
    """The fixes of one file: as many at once as can be, and fewer where they change anything else."""

    def __init__(self, before: str, file: str, helm_major: int) -> None:
        self.made: list[Fix] = []
        self._mark = "\ufeff" if before.startswith("\ufeff") else ""
        self._document = self._before = parse_document(
            before, file, helm_major=helm_major
        )
        self._history = History(self._document.text)
        self._major, self._left = helm_major, TRIED

    def carry_out(self, fixes: Sequence[Fix]) -> None:
        """Make what can be made of them."""
        pending = [list(fixes)]
        while pending and self._left > 0:
            now = pending.pop()
            made = self._try(now)
            rest = [fix for fix in now if fix not in made] if made else now
            if made and rest:
                pending.append(rest)
            elif not made and len(now) > 1:
                half = len(now) // 2
                pending += [now[half:], now[:half]]

    def _try(self, fixes: Sequence[Fix]) -> set[Fix]:
        self._left -= len(self._document.text)
        if len(fixes) == 1:
            one = apply_fix(self._document, fixes[0], helm_major=self._major)
            result = (*one, list(fixes)) if one else None
        else:
            result = apply_fixes(self._document, fixes, helm_major=self._major)
        if result is None:
            return set()
        self._document, edits, made = result
        self._history.edit(edits)
        self.made += made
        return set(made)

    def change(self) -> Change:
        """What came of it."""
        text, edits = self._mark + self._document.text, tuple(self._history.edits())
        return Change(self._document.file, text, (self._before, self._document), edits)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
