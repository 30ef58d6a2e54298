"""The argument lists that the real parser and ours are compared on: hand-made ones, and some for every option.

Standard library only: this runs in the environments of old vLLM releases too.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Option = Mapping[str, Any]

SPACED: tuple[list[str], ...] = (
    ["M", "--max-model-len 4096"],
    ["M", "--gpu-memory-utilization 0.9"],
    ["M", "-tp 2"],
    ["M", ""],
    [],
)
"""Words that hold blanks, an empty one, and none at all."""

HAND_MADE = Path(__file__).with_name("argument-lists.txt")


def argument_lists(options: Sequence[Option]) -> list[list[str]]:
    """Every list, in an order that never changes."""
    made = [line.split(" ") for line in HAND_MADE.read_text("utf-8").splitlines()]
    made += [list(words) for words in SPACED]
    return made + [["M", *words] for option in options for words in of_option(option)]


def is_kept(argv: Sequence[str]) -> bool:
    """Whether a list is one of those that stand in the repository: all hand-made ones, a few of the others."""
    return argv in _FIXED or zlib.crc32(" ".join(argv).encode()) % 41 == 0


def of_option(option: Option) -> Iterator[list[str]]:
    good = value(option)
    for flag in option["flags"]:
        yield [flag] if good is None else [flag, good]
        yield [flag] if good is not None else [flag, "true"]
        yield [f"{flag}={'true' if good is None else good}"]
        if flag.startswith("--"):
            yield [flag[:-2]] if good is None else [flag[:-2], good]
    long = (
        option["flags"][-1]
        if option["flags"][-1].startswith("--")
        else option["flags"][0]
    )
    yield [long.replace("-", "_").replace("__", "--", 1)] + (
        [] if good is None else [good]
    )
    yield [f"--no-{long.lstrip('-')}"]
    if good is not None:
        yield [long, "abc"]
        yield [long, "12"]
        yield [long, "1.5k"]
        yield [f"{long}={{bad"]
        yield [long, good, long, good]


def value(option: Option) -> str | None:
    """A word that this option takes; None for a switch."""
    if option["nargs"] == 0:
        return None
    if option["choices"]:
        return str(option["choices"][0])
    return next(
        (word for word in ("1", "{}", "abc", '{"a": 1}') if word in option["accepts"]),
        "a=/p",
    )


_FIXED = argument_lists([])
