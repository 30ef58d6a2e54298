"""Where reports go: `--format text --format sarif=report.sarif`."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from helm_llm.errors import UsageError
from helm_llm.lint.reporters import FORMATS, Format, report_writer
from helm_llm.lint.suggest import near

if TYPE_CHECKING:
    from helm_llm.lint.report import Report


@dataclass(frozen=True, slots=True)
class Output:
    """A format and its file; without a file, the report is printed."""

    format: Format
    file: Path | None = None


def parse_outputs(formats: Sequence[str], file: str | None) -> tuple[Output, ...]:
    """The outputs of `--format FORMAT[=FILE]`; `file` is for the one without a file."""
    outputs = [_parse_output(text) for text in formats or ("text",)]
    printed = [output for output in outputs if output.file is None]
    if len(printed) > 1:
        names = " and ".join(output.format for output in printed)
        last = printed[-1].format
        raise UsageError(
            f"{names} cannot share standard output: write one to a file, --format {last}=FILE"
        )
    if not file:
        return tuple(outputs)
    if not printed:
        raise UsageError(f"--output {file}: every --format names a file already")
    at = outputs.index(printed[0])
    outputs[at] = replace(printed[0], file=Path(file))
    return tuple(outputs)


def _parse_output(text: str) -> Output:
    name, _, file = text.partition("=")
    for format in FORMATS:
        if format == name:
            return Output(format, Path(file) if file else None)
    names = ", ".join(FORMATS)
    hint = f": use {names}"
    meant = near(name, FORMATS)
    if meant:
        hint = f", did you mean {meant}?"
    raise UsageError(f"--format {text}: there is no format {name!r}{hint}")


def refuse_inputs(written: Iterable[str | Path | None], inputs: Iterable[str]) -> None:
    """UsageError if a file to write is also read: a report would overwrite a user's values."""
    files = [Path(file) for file in written if file]
    existing = [file for file in files if _is_regular(file)]
    if not existing:
        return
    for name in inputs:
        for file in existing:
            if _is_regular(Path(name)) and file.samefile(name):
                raise UsageError(
                    f"{file} is read in this run and would be overwritten: write to another file"
                )


def _is_regular(file: Path) -> bool:
    try:
        return file.is_file()
    except (OSError, ValueError):  # writing to it reports what is wrong
        return False


def write_reports(report: Report, outputs: Sequence[Output]) -> None:
    """Write all files or none of them, then print."""
    files = []
    for output in outputs:
        if output.file:
            text = io.StringIO()
            write_report = report_writer(output.format)
            write_report(report, text)
            files.append((output.file, text.getvalue()))
    if files:
        from helm_llm.writing import write_all  # most runs print

        write_all(files)
    for output in outputs:
        if output.file is None:
            _print_report(report, output.format)


def _print_report(report: Report, format: Format) -> None:
    # Terminals of other encodings than UTF-8 exist, on Windows and with LANG=C.
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    write_report = report_writer(format)
    write_report(report, sys.stdout)
    # A closed pipe is an error here, and not at the end of the process.
    sys.stdout.flush()
