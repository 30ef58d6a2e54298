"""The beginning of an unexpected output or answer, for messages."""

from __future__ import annotations

from helm_llm.masking import mask

_LENGTH = 200


def beginning(text: str) -> str:
    """Return the beginning of a text as one short line, with secrets masked."""
    # Masking a long text takes time. White space may make the line shorter than this.
    words = " ".join(mask(text[: 4 * _LENGTH]).split())
    return words if len(words) <= _LENGTH else f"{words[:_LENGTH]} ..."
