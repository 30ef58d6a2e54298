"""Characters that steer a terminal, a log or a reader's eye, made visible as `\\x1b` and `\\u202e`."""

from __future__ import annotations

import re

_UNSEEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and line feed, DEL, C1
    r"\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # of direction, width and lines
    r"\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f"  # surrogates, no characters, tags
)
_COMMAND = r"(?<![^\n])[ \t]*:(?=:)|#(?=#(?:vso)?\[)"
"""What a log of GitHub Actions or Azure Pipelines takes for a command: `::error` at a line's start, `##[error]`."""

_TEXT = re.compile(rf"\r(?!\n)|(?!\r)[{_UNSEEN}]|{_COMMAND}")
_LINE = re.compile(rf"[\t\n{_UNSEEN}]|{_COMMAND}")
_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def escape_controls(text: str) -> str:
    """The text with its lines and tabs, and nothing else that steers what shows it."""
    return _TEXT.sub(_escaped, text)


def escape_controls_in_line(text: str) -> str:
    """The same, as one line."""
    return _LINE.sub(_escaped, text)


def escape(char: str) -> str:
    """One character: itself, or how it is made visible."""
    return _LINE.sub(_escaped, char)


def _escaped(match: re.Match[str]) -> str:
    text = match[0]
    char = text[-1]
    return text[:-1] + (_NAMED.get(char) or _number(ord(char)))


def _number(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
