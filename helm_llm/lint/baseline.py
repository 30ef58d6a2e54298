"""The baseline: a file of known findings, which later runs do not report."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePath

from helm_llm import inputs, json_text
from helm_llm.errors import UsageError
from helm_llm.keypath import dotted
from helm_llm.lint.finding import Finding, Place
from helm_llm.lint.report import Report
from helm_llm.writing import write_all

VERSION = 1
MAX_BYTES = 50 * inputs.MIB
"""The size of about a hundred thousand findings."""


@dataclass(frozen=True, order=True, slots=True)
class Entry:
    """A finding without its lines and words, so that it survives other edits of the file."""

    rule: str
    file: str
    path: str
    values: str
    """A hash of the values in the message. Masked first: a short secret could be guessed."""


def hide_known(report: Report, file: str) -> Report:
    """The report without the findings in the baseline.

    Entries only count as unmatched if their file was linted.
    """
    known = _read_baseline(file)
    directory = Path(file).parent
    linted: set[str] = set()
    for target in report.targets:
        linted.update(_relative(name, directory) for name in target.values)
    found: set[Entry] = set()
    new = []
    for finding in report.findings:
        entry = _entry(finding, directory)
        found.add(entry)
        if finding.is_rest or entry not in known:
            new.append(finding)
    unmatched = [entry for entry in known - found if entry.file in linted]
    return replace(
        report,
        findings=tuple(new),
        baselined=len(report.findings) - len(new),
        unmatched=len(unmatched),
    )


def write_baseline(report: Report, file: str) -> None:
    """Make a known finding of each that a baseline may contain."""
    directory = Path(file).parent
    entries = set()
    for finding in report.findings:
        if finding.fits_baseline:
            entries.add(_entry(finding, directory))
    text = _baseline_text(sorted(entries))
    write_all([(Path(file), text)])


def _baseline_text(entries: Iterable[Entry]) -> str:
    """JSON with one entry per line, so that a diff shows what was added and removed."""
    lines = []
    for entry in entries:
        content = {
            "rule": entry.rule,
            "file": entry.file,
            "path": entry.path,
            "values": entry.values,
        }
        lines.append("  " + json.dumps(content, ensure_ascii=False))
    findings = ",\n".join(lines)
    return f'{{"version": {VERSION}, "findings": [\n{findings}\n]}}\n'


def _read_baseline(file: str) -> frozenset[Entry]:
    try:
        data = inputs.read(file, "the baseline", MAX_BYTES)
        content = json_text.parse(data.decode("utf-8"))
        return frozenset(_read_entry(found) for found in content["findings"])
    except UsageError as error:
        raise UsageError(f"{error}; create one with --write-baseline") from None
    except (ValueError, TypeError, KeyError):
        raise UsageError(
            f"{file} is not a baseline: create one with --write-baseline"
        ) from None


def _read_entry(found: Mapping[str, str]) -> Entry:
    """An entry of the file; TypeError if it is malformed."""
    entry = Entry(**found)
    if not all(isinstance(part, str) for part in found.values()):
        raise TypeError(found)
    return entry


def _entry(finding: Finding, directory: Path) -> Entry:
    source = _source(finding.place, directory)
    values = _hash_values(finding.message)
    return Entry(finding.rule.id, source, dotted(finding.path), values)


def _source(place: Place, directory: Path) -> str:
    """The file, or `--set replicaCount`: a baseline is committed, so without the value."""
    if place.file:
        return _relative(place.file, directory)
    flag, _, expression = (place.option or "").partition(" ")
    if expression.lstrip().startswith("{"):
        return flag
    return f"{flag} {expression.partition('=')[0]}"


def _relative(file: str, directory: Path) -> str:
    return PurePath(os.path.relpath(file, directory)).as_posix()


_PLAIN_WORD = re.compile(r"[A-Za-z]?[a-z'-]*")


def _hash_values(message: str) -> str:
    """A hash of all but plain words.

    A finding with another value is a new one, but the same finding in other words is not.
    """
    values = []
    for word in message.split():
        value = word.strip(",;:.?!()\"'`")
        if not _PLAIN_WORD.fullmatch(value):
            values.append(value)
    return sha256("\n".join(values).encode()).hexdigest()[:16]
