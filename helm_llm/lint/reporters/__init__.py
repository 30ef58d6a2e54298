"""How a report is printed: one module per format."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:  # the names of the formats are wanted before anything is linted
    from helm_llm.lint.report import Report

FORMATS = ("text", "json", "sarif", "github", "junit")
"""The modules of this package that write a report."""


def report_writer(format: str) -> Callable[[Report, TextIO], None]:
    """The writer of a format; nobody waits for the imports of the others."""
    write_report: Callable[[Report, TextIO], None] = import_module(
        f"{__name__}.{format}"
    ).write_report
    return write_report
