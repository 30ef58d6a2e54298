"""What the command line prints, and exits with, when a command fails."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from helm_llm import masking
from helm_llm.errors import UsageError

_WRONG_NAME = frozenset(
    {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EACCES,
        errno.EPERM,
        errno.ELOOP,
        errno.ENAMETOOLONG,
    }
)
"""Errors in the name or the permissions of a file, which the user can correct."""

_RULES = "helm_llm.lint.rules."


def check_arguments(arguments: Sequence[str]) -> None:
    """UsageError for arguments that no shell passes on, but a calling program may."""
    for argument in arguments:
        if not _is_usable(argument):
            raise UsageError(
                f"the argument {argument!r} has a character that cannot be passed "
                "to a program"
            )


def _is_usable(argument: str) -> bool:
    try:
        return b"\0" not in os.fsencode(argument)
    except UnicodeEncodeError:
        return False


def require_working_directory() -> None:
    """UsageError when the working directory has been deleted."""
    try:
        Path.cwd()
    except FileNotFoundError:
        raise UsageError(
            "the working directory no longer exists: change to another directory"
        ) from None


def report_error(message: str, code: int) -> int:
    """Print the message to standard error; returns the exit code."""
    click.echo(masking.clean(f"Error: {message}"), err=True)
    return code


def report_click_error(error: click.ClickException) -> int:
    """Print an error of click, which may quote a secret from the command line."""
    message = io.StringIO()
    error.show(message)
    click.echo(masking.clean(message.getvalue()), err=True, nl=False)
    return error.exit_code


def report_os_error(error: OSError) -> int:
    """Print an error of the system, such as a full disk or a missing file."""
    # An error without a file name comes from writing the report.
    is_usage = error.filename is not None and error.errno in _WRONG_NAME
    place = error.filename or "standard output"
    return report_error(f"{place}: {error.strerror}", 2 if is_usage else 3)


def report_bug(error: Exception) -> int:
    """Print one line about a bug in helm-llm, or the traceback under `helm --debug`."""
    if os.environ.get("HELM_DEBUG") == "true":
        import traceback  # few runs fail

        text = "".join(traceback.format_exception(error))
        click.echo(masking.clean(text), err=True, nl=False)
        return 3
    rule = next(_rules_in_traceback(error), None)
    where, hint = "helm-llm", "`helm --debug llm ...` shows the traceback"
    if rule:
        where, hint = f"rule {rule}", f"`--ignore {rule}` skips the rule"
    return report_error(
        f"{where} failed ({type(error).__name__}: {error}): "
        f"this is a bug in helm-llm, please report it; {hint}",
        3,
    )


def _rules_in_traceback(error: Exception) -> Iterator[str]:
    """Ids of the rules whose code raised the error."""
    step = error.__traceback__
    while step:
        module = str(step.tb_frame.f_globals.get("__name__", ""))
        if module.startswith(_RULES):
            yield module.rpartition(".")[2].replace("_", "-")
        step = step.tb_next
