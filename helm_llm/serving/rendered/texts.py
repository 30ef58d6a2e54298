"""Texts of rendered objects that consist of parts: shell scripts and image references.

The parts have paths below the text's: `(..., "args", 0, 7)` is the eighth word of a
script, `(..., "image", "tag")` a tag.
"""

from __future__ import annotations

import re
import shlex
from functools import lru_cache

from helm_llm.keypath import MISSING, Key, KeyPath, lookup
from helm_llm.serving.read.image import split_reference

SEPARATORS = ";&|()<>\n"
_IMAGE_PARTS = ("repository", "tag", "digest")


@lru_cache(maxsize=64)
def script_words(script: str) -> tuple[str, ...]:
    """The words of a shell script, including separators; empty if it cannot be split."""
    without_comments = re.sub(r"(?m)^\s*#.*$", "", script)
    # A backslash at the end continues the line.
    text = without_comments.replace("\\\n", " ")
    lexer = shlex.shlex(text, posix=True, punctuation_chars=SEPARATORS)
    # A line break ends a command, so it is a separator and not whitespace.
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t\r", True, ""
    try:
        return tuple(lexer)
    except ValueError:
        return ()


def text_at(tree: object, path: KeyPath) -> str | None:
    """The text at a path; None for maps, lists, booleans and absent values."""
    found = lookup(tree, path)
    if isinstance(found, bool):
        return None
    if isinstance(found, (str, int, float)):
        return str(found)
    whole = lookup(tree, path[:-1])
    if found is not MISSING or not isinstance(whole, str):
        return None
    return _part(whole, path[-1])


def _part(whole: str, part: Key) -> str | None:
    if isinstance(part, int):
        words = script_words(whole)
        if 0 <= part < len(words):
            return words[part]
        return None
    if part not in _IMAGE_PARTS:
        return None
    parts = split_reference(whole)
    return parts[_IMAGE_PARTS.index(part)]
