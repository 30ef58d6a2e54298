"""Errors that are not findings, and the exit code of each.

HelmLlmError
├── UsageError        2   an option, a path or a chart reference is wrong
│   └── ChartError    2   the chart itself cannot be read
└── ToolError         3   a program we need is missing, too old or failed

Any other exception is a bug in helm-llm: `cli/failures.py` prints the rule it came from
and exits with 3.
"""


class HelmLlmError(Exception):
    """One line for the user: what is wrong, and what to do."""

    exit_code = 3


class UsageError(HelmLlmError):
    """The command line, or a file that it names, cannot be used."""

    exit_code = 2


class ChartError(UsageError):
    """A directory or archive cannot be read as a chart."""


class ToolError(HelmLlmError):
    """A program is missing or too old, or failed although it must not."""
