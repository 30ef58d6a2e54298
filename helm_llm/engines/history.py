"""When flags and variables came and went: derived from the tables, with hand-kept replacements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helm_llm.engines.release import Release, release
from helm_llm.engines.table import read


@dataclass(frozen=True, slots=True)
class Fate:
    """Of a flag or variable, seen from a release that lacks it. Without a release: what holds for all of them."""

    name: str
    gone: str | None = None
    """The first release without it."""
    comes: str | None = None
    """The first release with it, later."""
    replacement: str = ""


def flag_fate(name: str, seen_from: Release | None) -> Fate | None:
    """What became of a flag; None where it exists or nothing is known."""
    ranges: Mapping[str, Sequence[Sequence[str]]] = read("flags")
    if (
        seen_from is None
        and name not in ranges
        and any(flag.startswith(name) for flag in ranges)
    ):
        return None
    return _fate(name, ranges.get(name, ()), seen_from)


def variable_fate(name: str, seen_from: Release | None) -> Fate | None:
    """What became of a variable; None where the engine reads it."""
    return _fate(name, read("variables").get(name, ()), seen_from)


def variables() -> Sequence[str]:
    """Every variable that some release reads."""
    return list(read("variables"))


def _fate(
    name: str, ranges: Sequence[Sequence[str]], seen_from: Release | None
) -> Fate | None:
    told = read("history").get(name, {})
    replacement = told.get("replacement", "")
    if not ranges:
        return Fate(name, gone=told.get("removedIn"), replacement=replacement)
    if seen_from is None:
        return None
    for since, *until in reversed(ranges):
        if _number(since) <= seen_from:
            gone = until[0] if until and _number(until[0]) <= seen_from else None
            return Fate(name, gone=gone, replacement=replacement) if gone else None
    return Fate(name, comes=ranges[0][0])


def _number(text: str) -> Release:
    number = release(text)
    assert number is not None, text  # noqa: S101
    return number
