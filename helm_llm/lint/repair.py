"""The repairs of a report, carried out: files before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from helm_llm import inputs, source
from helm_llm.lint.edit import edited
from helm_llm.lint.finding import Finding
from helm_llm.lint.fix import Fix, Repair


@dataclass(frozen=True, slots=True)
class Change:
    """A file that repairs change."""

    file: str
    before: str
    after: str

    helm_major: int = 3

    @property
    def diff(self) -> str:
        """As `diff -u` prints it, without secrets and control characters."""
        from helm_llm.masking import clean_line

        name = clean_line(self.file)
        lines = unified_diff(self._shown(self.before), self._shown(self.after), name, name)
        return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)

    def _shown(self, text: str) -> list[str]:
        from helm_llm.lint.hidden import masked_text
        from helm_llm.masking.visible import visible

        document = source.parse(text, self.file, helm_major=self.helm_major)
        lines = masked_text(document).split("\n")
        return [visible(line) + "\n" for line in lines[:-1]] + [visible(line) for line in lines[-1:] if line]


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
        return f"{_count(self.findings, 'finding')} in {_count(len(self.changes), 'file')}"


def changes(findings: Sequence[Finding], *, helm_major: int) -> Changes:
    """Carry out what the findings propose, in memory; a repair that would change anything else is left out."""
    repairs = dict.fromkeys(repair for finding in findings for repair in finding.repairs)
    done: set[Repair] = set()
    found: list[Change] = []
    for file in sorted({repair.file for repair in repairs}):
        fixes = [repair.fix for repair in repairs if repair.file == file]
        change, made = _changed(file, fixes, helm_major)
        found += [change] if made else []
        done |= {Repair(file, fix) for fix in made}
    cured = sum(bool(finding.repairs) and done.issuperset(finding.repairs) for finding in findings)
    return Changes(tuple(found), cured)


def _changed(file: str, fixes: Sequence[Fix], helm_major: int) -> tuple[Change, list[Fix]]:
    before = inputs.read(file, "the values file").decode("utf-8")
    document, made = source.parse(before, file, helm_major=helm_major), []
    for fix in fixes:
        after = edited(document, fix, helm_major=helm_major)
        if after:
            document = after
            made.append(fix)
    mark = "\ufeff" if before.startswith("\ufeff") else ""
    return Change(file, before, mark + document.text, helm_major), made


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
