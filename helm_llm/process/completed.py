"""The result of a finished process, and the errors of processes that did not finish."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import NamedTuple

from helm_llm.errors import ToolError


class Completed(NamedTuple):
    """Exit code and outputs of a finished process."""

    argv: tuple[str, ...]
    code: int
    stdout: str
    stderr: str

    def __str__(self) -> str:
        return command_line(self.argv)


def command_line(argv: Iterable[str]) -> str:
    """The command as a user can paste it into a shell, with any token hidden."""
    return shlex.join(map(_hide_token, argv))


def _hide_token(word: str) -> str:
    return "--token=..." if word.startswith("--token=") else word


class ToolMissing(ToolError):
    """A program is not installed or cannot be executed."""

    def __init__(self, program: str, help: str) -> None:
        super().__init__(f"{program} was not found: {help}")


class CommandFailed(ToolError):
    """A program that must succeed ended with an error."""

    def __init__(self, completed: Completed) -> None:
        # Programs print the reason last; usage or warnings may come before it.
        lines = completed.stderr.strip().splitlines()
        reason = lines[-1] if lines else f"exit code {completed.code}"
        super().__init__(f"{reason} (from `{completed}`)")


class TimedOut(ToolError):
    """A program reached its deadline and was ended."""

    def __init__(self, argv: tuple[str, ...], seconds: float) -> None:
        super().__init__(f"timed out after {seconds:g} s (`{command_line(argv)}`)")


class PrintedTooMuch(ToolError):
    """A program printed more than it may and was ended."""

    def __init__(self, argv: tuple[str, ...], limit: int) -> None:
        mebibytes = limit // 1024**2
        super().__init__(
            f"more than {mebibytes} MiB of output (of `{command_line(argv)}`)"
        )
