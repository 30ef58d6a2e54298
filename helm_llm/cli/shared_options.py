"""Options that `lint` and `test` share with helm."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])

_IGNORED_HELM_FLAGS = (
    "--burst-limit",
    "--qps",
    "--color",
    "--colour",
    "--content-cache",
)
"""Global flags of Helm that it passes on to plugins; accepted and ignored."""

_SET_OPTIONS = {
    "--set": "Set values: key1=val1,key2=val2.",
    "--set-string": "Set STRING values: key1=val1,key2=val2.",
    "--set-json": "Set JSON values: key1=jsonval1,key2=jsonval2.",
    "--set-file": "Set values from files: key1=path1,key2=path2.",
    "--set-literal": "Set a literal STRING value: key=value.",
}


def set_options(command: Command) -> Command:
    """`--set` and its variants, in the order in which the help lists them."""
    for flag, text in reversed(_SET_OPTIONS.items()):
        command = click.option(flag, multiple=True, metavar="EXPR", help=text)(command)
    return command


def ignored_helm_flags(command: Command) -> Command:
    """Global flags of Helm, hidden from the help."""
    for flag in _IGNORED_HELM_FLAGS:
        command = click.option(flag, hidden=True, expose_value=False)(command)
    return command


def chart_version_option(command: Command) -> Command:
    """`--version`: which version of a chart to pull."""
    return click.option(
        "--version",
        metavar="VERSION",
        help="Version constraint for a chart from a repository or registry.",
    )(command)
