"""Small pieces of English that messages are built from."""

from __future__ import annotations

from collections.abc import Sequence


def join_words(words: Sequence[str], conjunction: str = " and ") -> str:
    """`a`, `a and b` or `a, b and c`; nothing for no words."""
    if len(words) < 2:
        return "".join(words)
    *others, last = words
    beginning = ", ".join(others)
    return f"{beginning}{conjunction}{last}"


def count_noun(number: int, noun: str, plural: str = "") -> str:
    """`1 file`, `2,000 files`; the plural of an irregular noun is given."""
    if number == 1:
        return f"1 {noun}"
    if not plural:
        plural = f"{noun}s"
    return f"{number:,} {plural}"
