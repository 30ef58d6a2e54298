"""What can go wrong outside the user's values, and the exit code each ends with.

HelmLlmError
├── UsageError        2   an option, a path or a chart reference is wrong
│   └── ChartError    2   the chart itself cannot be read
└── ToolError         3   a program we need is missing, too old or failed

Anything else that is raised is a bug of ours: `cli.py` names the rule it came from and ends with 3.
"""


class HelmLlmError(Exception):
    """One line for the user: what is wrong and what to do next."""

    exit_code = 3


class UsageError(HelmLlmError):
    """The command line or a file it names cannot be used."""

    exit_code = 2


class ChartError(UsageError):
    """A chart directory or archive cannot be read as a chart."""


class ToolError(HelmLlmError):
    """An external program is missing, too old, or failed where it must not."""
