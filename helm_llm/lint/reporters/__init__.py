"""How a report is printed: one module per format."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Literal, TextIO, TypeAlias, get_args

if TYPE_CHECKING:  # the command line needs the names of the formats before a lint
    from helm_llm.lint.report import Report

Format: TypeAlias = Literal["text", "json", "sarif", "github", "junit"]

FORMATS: tuple[Format, ...] = get_args(Format)
"""The modules of this package that write a report; the first is the default."""

ReportWriter: TypeAlias = Callable[["Report", TextIO], None]


def report_writer(format: Format) -> ReportWriter:
    """The `write_report` of a format's module; the other modules are not imported."""
    module = import_module(f"{__name__}.{format}")
    write_report: ReportWriter = module.write_report
    return write_report
