"""What a program or a server printed instead of an answer, for messages."""

from __future__ import annotations

from helm_llm.masking import masked

_SHOWN = 200


def beginning(text: str) -> str:
    """One short line of it, masked."""
    words = " ".join(masked(text[: 4 * _SHOWN]).split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]} ..."
