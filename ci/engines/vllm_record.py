"""What is recorded of one vLLM release. Standard library only: old releases run it too."""

from __future__ import annotations

from typing import TypedDict

SAMPLES = (
    "",
    "None",
    "1",
    "-1",
    "1.5",
    "1k",
    "1K",
    "1.5K",
    "auto",
    "abc",
    "{}",
    "[]",
    '{"a": 1}',
    "{bad",
    "null",
)
"""Words from which the type of a value can be recognised."""


class Option(TypedDict):
    """One option of `vllm serve`, as argparse holds it."""

    flags: list[str]
    negative: list[str]
    """The spellings that switch it off, where argparse names them."""
    action: str
    """The name of the action's class."""
    nargs: int | str | None
    type: str | None
    """The name of the function that converts a value."""
    accepts: list[str]
    """The sample words that this function accepts."""
    choices: list[str] | None
    metavar: str | list[str] | None


class _ArgumentList(TypedDict):
    argv: list[str]


class Verdict(_ArgumentList, total=False):
    """What the parser made of an argument list: either `set` or `error` is present."""

    set: dict[str, object]
    error: str


class Record(TypedDict):
    """What one release accepts."""

    release: str
    options: list[Option]
    engine: dict[str, list[str]]
    """Flag -> the values that the engine itself knows, which its parser does not check."""
    verdicts: list[Verdict]
