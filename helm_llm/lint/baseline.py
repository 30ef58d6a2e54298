"""Findings that are known: a file of them, which hides equal ones in later runs."""

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
from helm_llm.lint.finding import Finding
from helm_llm.lint.report import Report
from helm_llm.writing import write_all

VERSION = 1
MAX_BYTES = 50 * inputs.MIB
"""A hundred thousand findings."""


@dataclass(frozen=True, order=True, slots=True)
class Entry:
    """A finding without lines and words: its rule, file and values path, and a hash of the values in its message.

    The message is masked already: a hash of a short secret could be guessed.
    """

    rule: str
    file: str
    path: str
    values: str


def hide_known(report: Report, file: str) -> Report:
    """The report without the findings that the file holds; entries of files that were not read are left alone."""
    known, directory = _read_baseline(file), Path(file).parent
    read = {
        _relative(name, directory)
        for target in report.targets
        for name in target.values
    }
    entries = {finding: _entry(finding, directory) for finding in report.findings}
    new = tuple(
        finding
        for finding, entry in entries.items()
        if finding.is_rest or entry not in known
    )
    return replace(
        report,
        findings=new,
        baselined=len(report.findings) - len(new),
        unmatched=sum(
            entry.file in read for entry in known.difference(entries.values())
        ),
    )


def write_baseline(report: Report, file: str) -> None:
    """Make every finding of the report a known one, but those that can never be hidden."""
    directory = Path(file).parent
    found = {
        _entry(finding, directory)
        for finding in report.findings
        if finding.fits_baseline
    }
    write_all([(Path(file), _text(sorted(found)))])


def _text(entries: Iterable[Entry]) -> str:
    """JSON with one entry per line, so that a diff shows what came and went."""
    lines = ",\n".join(
        "  " + json.dumps(_object(entry), ensure_ascii=False) for entry in entries
    )
    return f'{{"version": {VERSION}, "findings": [\n{lines}\n]}}\n'


def _object(entry: Entry) -> dict[str, str]:
    return {
        "rule": entry.rule,
        "file": entry.file,
        "path": entry.path,
        "values": entry.values,
    }


def _read_baseline(file: str) -> frozenset[Entry]:
    try:
        content = json_text.parse(
            inputs.read(file, "the baseline", MAX_BYTES).decode("utf-8")
        )
        return frozenset(_known(found) for found in content["findings"])
    except UsageError as error:
        raise UsageError(f"{error}; --write-baseline makes one") from None
    except (ValueError, TypeError, KeyError):
        raise UsageError(f"{file} is no baseline: --write-baseline makes one") from None


def _known(found: Mapping[str, str]) -> Entry:
    """An entry of the file; TypeError when it is none."""
    entry = Entry(**found)
    if not all(isinstance(part, str) for part in found.values()):
        raise TypeError(found)
    return entry


def _entry(finding: Finding, directory: Path) -> Entry:
    place = finding.place
    file = (
        _relative(place.file, directory)
        if place.file
        else _without_value(place.option or "")
    )
    return Entry(finding.rule.id, file, dotted(finding.path), _hash(finding.message))


def _without_value(option: str) -> str:
    """`--set replicaCount`: a baseline is committed, and its reader needs no value."""
    flag, _, expression = option.partition(" ")
    return (
        flag
        if expression.lstrip().startswith("{")
        else f"{flag} {expression.partition('=')[0]}"
    )


def _relative(file: str, directory: Path) -> str:
    return PurePath(os.path.relpath(file, directory)).as_posix()


_PLAIN = re.compile(r"[A-Za-z]?[a-z'-]*")


def _hash(message: str) -> str:
    """Of the words that are no plain ones: a value that changes is a new finding, another wording is not."""
    words = (word.strip(",;:.?!()\"'`") for word in message.split())
    return sha256(
        "\n".join(word for word in words if not _PLAIN.fullmatch(word)).encode()
    ).hexdigest()[:16]
