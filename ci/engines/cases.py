"""Argument lists to compare the real parser and ours: some by hand, some for each option.

Standard library only: this runs in the environments of old vLLM releases too.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from vllm_record import Option

WITH_BLANKS: tuple[list[str], ...] = (
    ["M", "--max-model-len 4096"],
    ["M", "--gpu-memory-utilization 0.9"],
    ["M", "-tp 2"],
    ["M", ""],
    [],
)
"""Lists that a file with one list per line cannot hold."""

BY_HAND = Path(__file__).with_name("argument-lists.txt")


def argument_lists(options: Sequence[Option]) -> list[list[str]]:
    """Return every list. The order is always the same."""
    lists = [line.split(" ") for line in BY_HAND.read_text("utf-8").splitlines()]
    lists += [list(words) for words in WITH_BLANKS]
    for option in options:
        lists += [["M", *words] for words in words_for_option(option)]
    return lists


def is_kept(argv: Sequence[str]) -> bool:
    """Whether the repository keeps the verdict: all lists by hand, a few of the others."""
    # A checksum makes the sample the same in every release.
    return argv in _BY_HAND or zlib.crc32(" ".join(argv).encode()) % 41 == 0


def words_for_option(option: Option) -> Iterator[list[str]]:
    """Right and wrong ways to write one option."""
    word = accepted_word(option)
    if word is None:
        value, right, wrong = "true", [], ["true"]
    else:
        value, right, wrong = word, [word], []
    for flag in option["flags"]:
        yield [flag, *right]
        yield [flag, *wrong]
        yield [f"{flag}={value}"]
        if flag.startswith("--"):
            yield [flag[:-2], *right]
    long = long_flag(option)
    # vLLM also accepts underscores, except at the beginning.
    yield [long.replace("-", "_").replace("__", "--", 1), *right]
    yield [f"--no-{long.lstrip('-')}"]
    if word is not None:
        yield [long, "abc"]
        yield [long, "12"]
        yield [long, "1.5k"]
        yield [f"{long}={{bad"]
        yield [long, word, long, word]


def long_flag(option: Option) -> str:
    first, last = option["flags"][0], option["flags"][-1]
    return last if last.startswith("--") else first


def accepted_word(option: Option) -> str | None:
    """A value that the option accepts; None for a switch, which takes no value."""
    if option["nargs"] == 0:
        return None
    if option["choices"]:
        return str(option["choices"][0])
    for word in ("1", "{}", "abc", '{"a": 1}'):
        if word in option["accepts"]:
            return word
    return "a=/p"


_BY_HAND = argument_lists([])
