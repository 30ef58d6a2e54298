"""The fixes of a report, carried out in memory: files before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from helm_llm import inputs
from helm_llm.document.document import Document
from helm_llm.document.reader import parse_document
from helm_llm.lint.finding import Finding
from helm_llm.lint.fix import FileFix, Fix
from helm_llm.lint.fixes.diff import unified
from helm_llm.lint.fixes.edit import Edit, apply_fix, apply_fixes
from helm_llm.lint.fixes.history import History
from helm_llm.lint.grammar import count_noun


@dataclass(frozen=True, slots=True)
class Change:
    """A file that fixes change."""

    file: str
    after: str
    documents: tuple[Document, Document]
    """The documents before and after."""
    edits: tuple[Edit, ...]
    """The edits that turn the one text into the other."""

    @property
    def diff(self) -> str:
        """The change as `diff -u` prints it, without secrets and control characters."""
        from helm_llm.lint.secret_spans import masked_lines
        from helm_llm.masking import clean_line
        from helm_llm.masking.visible import escape_controls

        before, after = self.documents
        text = unified(
            clean_line(self.file),
            before.text,
            self.edits,
            old=partial(masked_lines, before),
            new=partial(masked_lines, after),
        )
        return escape_controls(text)


@dataclass(frozen=True, slots=True)
class Changes:
    """The files that fixes change, and the number of findings that this resolves."""

    changes: tuple[Change, ...]
    findings: int

    def write(self) -> None:
        """Write all files or none of them."""
        from helm_llm.writing import write_all

        write_all((Path(change.file), change.after) for change in self.changes)

    def __str__(self) -> str:
        findings = count_noun(self.findings, "finding")
        files = count_noun(len(self.changes), "file")
        return f"{findings} in {files}"


def plan_changes(findings: Sequence[Finding], *, helm_major: int) -> Changes:
    """Carry out the fixes of the findings, except those that would change anything else."""
    fixes: dict[str, dict[Fix, None]] = {}
    for finding in findings:
        for proposed in finding.fixes:
            # A dict, since several findings may have the same fix, and the order counts.
            of_file = fixes.setdefault(proposed.file, {})
            of_file[proposed.fix] = None
    changes: list[Change] = []
    made: set[FileFix] = set()
    for file in sorted(fixes):
        editor = _Editor(file, helm_major)
        editor.carry_out(list(fixes[file]))
        if editor.made:
            changes.append(editor.change())
            made.update(FileFix(file, fix) for fix in editor.made)
    resolved = 0
    for finding in findings:
        # A key may have to go from several files.
        if finding.fixes and made.issuperset(finding.fixes):
            resolved += 1
    return Changes(tuple(changes), resolved)


MAX_READ = 8 * 1024 * 1024
"""Characters of a file that are read to try fixes. Findings whose fix comes later stay."""


class _Editor:
    """The fixes of one file: many at once, and fewer where those change anything else."""

    def __init__(self, file: str, helm_major: int) -> None:
        before = inputs.read(file, "the values file").decode("utf-8")
        self.made: list[Fix] = []
        # The document's text does not have it, but the file should keep it.
        self._byte_order_mark = ""
        if before.startswith("\ufeff"):
            self._byte_order_mark = "\ufeff"
        self._before = parse_document(before, file, helm_major=helm_major)
        self._document = self._before
        self._history = History(self._document.text)
        self._helm_major = helm_major
        self._left_to_read = MAX_READ

    def carry_out(self, fixes: Sequence[Fix]) -> None:
        """Make as many of the fixes as possible."""
        pending = [list(fixes)]
        while pending and self._left_to_read > 0:
            batch = pending.pop()
            made = self._try(batch)
            if made:
                rest = [fix for fix in batch if fix not in made]
                if rest:
                    pending.append(rest)
            elif len(batch) > 1:
                # The first half is next, so that fixes are made in their order.
                half = len(batch) // 2
                pending.append(batch[half:])
                pending.append(batch[:half])

    def _try(self, fixes: Sequence[Fix]) -> set[Fix]:
        """Make these fixes; returns those that were made."""
        document = self._document
        helm_major = self._helm_major
        self._left_to_read -= len(document.text)
        if len(fixes) > 1:
            batch = apply_fixes(document, fixes, helm_major=helm_major)
            if batch is None:
                return set()
            self._document, edits, made = batch
        else:
            one = apply_fix(document, fixes[0], helm_major=helm_major)
            if one is None:
                return set()
            self._document, edits = one
            made = list(fixes)
        self._history.edit(edits)
        self.made += made
        return set(made)

    def change(self) -> Change:
        """The outcome."""
        after = self._document
        text = self._byte_order_mark + after.text
        edits = tuple(self._history.edits())
        return Change(after.file, text, (self._before, after), edits)
