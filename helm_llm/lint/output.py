"""Where reports go: `--format text --format sarif=report.sarif`."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from helm_llm.errors import UsageError
from helm_llm.lint.reporters import FORMATS, report_writer
from helm_llm.lint.suggest import near

if TYPE_CHECKING:
    from helm_llm.lint.report import Report


@dataclass(frozen=True, slots=True)
class Output:
    """A format and its file; without one it is printed."""

    format: str
    file: Path | None = None


def parse_outputs(formats: Sequence[str], file: str | None) -> tuple[Output, ...]:
    """The outputs of `--format FORMAT[=FILE]`; `file` is for the one format that names none."""
    found = tuple(_output(text) for text in formats or ("text",))
    nameless = [output for output in found if output.file is None]
    if len(nameless) > 1:
        names = " and ".join(output.format for output in nameless)
        raise UsageError(
            f"{names} cannot share standard output: give one a file, --format {nameless[-1].format}=FILE"
        )
    if file and not nameless:
        raise UsageError(f"--output {file}: every --format names its file already")
    return tuple(
        Output(one.format, one.file or (Path(file) if file else None)) for one in found
    )


def refuse_inputs(written: Iterable[str | Path | None], inputs: Iterable[str]) -> None:
    """UsageError when a file to write is one that is read: a report would take the place of somebody's values."""
    files = [Path(file) for file in written if file]
    if not any(map(_is_regular, files)):
        return
    for name in inputs:
        for file in files:
            if _is_regular(file) and _is_regular(Path(name)) and file.samefile(name):
                raise UsageError(
                    f"{file} is read in this run and would be overwritten: write to another file"
                )


def _is_regular(file: Path) -> bool:
    try:
        return file.is_file()
    except (OSError, ValueError):  # the writer says what is wrong with it
        return False


def _output(text: str) -> Output:
    format, _, file = text.partition("=")
    if format not in FORMATS:
        meant = near(format, FORMATS)
        hint = (
            f", did you mean {meant}?" if meant else f": there are {', '.join(FORMATS)}"
        )
        raise UsageError(f"--format {text}: there is no format {format!r}{hint}")
    return Output(format, Path(file) if file else None)


def write_reports(report: Report, wanted: Sequence[Output]) -> None:
    """Write every report: files all at once or not at all, then standard output."""
    if files := [
        (output.file, _text(report, output.format)) for output in wanted if output.file
    ]:
        from helm_llm.writing import write_all  # most runs print

        write_all(files)
    for output in wanted:
        if output.file is None:
            _print(report, output.format)


def _text(report: Report, format: str) -> str:
    out = io.StringIO()
    report_writer(format)(report, out)
    return out.getvalue()


def _print(report: Report, format: str) -> None:
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    report_writer(format)(report, sys.stdout)
    sys.stdout.flush()
