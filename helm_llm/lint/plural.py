"""Words that messages are made of."""

from __future__ import annotations

from collections.abc import Sequence


def listed(words: Sequence[str], joint: str = " and ") -> str:
    """`a`, `a and b`, `a, b and c`; nothing for no words."""
    return (
        "".join(words)
        if len(words) < 2
        else f"{', '.join(words[:-1])}{joint}{words[-1]}"
    )
