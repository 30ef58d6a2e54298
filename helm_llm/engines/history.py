"""In which releases flags and variables appeared and disappeared.

The ranges come from the tables, the replacements from the hand-kept history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from helm_llm.engines.release import Release, release
from helm_llm.engines.table import read_data_file

Ranges = Sequence[Sequence[str]]
"""First release with the name, and first release without it where there is one."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a flag or variable that a release does not have.

    For an unknown release: what is true of all releases.
    """

    name: str
    gone: str | None = None
    """The first release without it."""
    comes: str | None = None
    """The first release with it, if that is a later one."""
    replacement: str = ""


def flag_fate(name: str, seen_from: Release | None) -> Fate | None:
    """What became of a flag; None where it exists or nothing is known."""
    ranges: Mapping[str, Ranges] = read_data_file("flags")
    is_unknown = seen_from is None and name not in ranges
    if is_unknown and _starts_a_flag(name, ranges):
        return None
    return _fate(name, ranges.get(name, ()), seen_from)


def _starts_a_flag(name: str, flags: Iterable[str]) -> bool:
    # argparse accepts the beginning of a flag in releases where it is unique.
    return any(flag.startswith(name) for flag in flags)


def variable_fate(name: str, seen_from: Release | None) -> Fate | None:
    """What became of a variable; None where the engine reads it."""
    ranges: Ranges = read_data_file("variables").get(name, ())
    return _fate(name, ranges, seen_from)


def variables() -> Sequence[str]:
    """Every variable that some release reads."""
    return list(read_data_file("variables"))


def _fate(name: str, ranges: Ranges, seen_from: Release | None) -> Fate | None:
    entry = read_data_file("history").get(name, {})
    replacement = entry.get("replacement", "")
    if not ranges:
        return Fate(name, gone=entry.get("removedIn"), replacement=replacement)
    if seen_from is None:
        return None
    # The newest range first: a flag may disappear and come back.
    for since, *until in reversed(ranges):
        if _number(since) > seen_from:
            continue
        if not until:
            return None
        end = until[0]
        if _number(end) > seen_from:
            return None
        return Fate(name, gone=end, replacement=replacement)
    first, *_ = ranges[0]
    return Fate(name, comes=first)


def _number(text: str) -> Release:
    number = release(text)
    assert number is not None, text  # noqa: S101
    return number
