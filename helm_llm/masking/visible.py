"""Characters that control a terminal or a log, made visible as `\\x1b` and `\\u202e`."""

from __future__ import annotations

import re

_INVISIBLE = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 except tab and line feed, DEL, C1
    r"\xad\u061c\u180e\u200b-\u200f\u2028-\u202e"  # widths, directions, line breaks
    r"\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f"  # surrogates, tags
)
_COMMAND = r"(?<![^\n])[ \t]*:(?=:)|#(?=#(?:vso)?\[)"
"""Commands in a log of GitHub Actions or Azure Pipelines: `::error`, `##[error]`."""

_TEXT = re.compile(rf"\r(?!\n)|(?!\r)[{_INVISIBLE}]|{_COMMAND}")
_LINE = re.compile(rf"[\t\n{_INVISIBLE}]|{_COMMAND}")
_ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def escape_controls(text: str) -> str:
    """The text with all control characters escaped except line breaks and tabs."""
    return _TEXT.sub(_escape_match, text)


def escape_controls_in_line(text: str) -> str:
    """The text as one line, with all control characters escaped."""
    return _LINE.sub(_escape_match, text)


def escape(char: str) -> str:
    """One character, escaped if it is a control character."""
    return _LINE.sub(_escape_match, char)


def _escape_match(match: re.Match[str]) -> str:
    # A command is escaped at its last character: the blanks before `::` stay.
    text = match[0]
    char = text[-1]
    escaped = _ESCAPES.get(char)
    if escaped is None:
        escaped = _escape_code(ord(char))
    return text[:-1] + escaped


def _escape_code(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\U{code:08x}"
