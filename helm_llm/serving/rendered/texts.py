"""Texts inside rendered objects that hold several: shell scripts and image references.

Their parts have paths of their own: `(..., "args", 0, 7)` is the eighth word of a script, `(..., "image",
"tag")` a tag.
"""

from __future__ import annotations

import re
import shlex
from functools import lru_cache
from typing import Any

from helm_llm.keypath import MISSING, KeyPath, lookup

SEPARATORS = ";&|()<>\n"


@lru_cache(maxsize=64)
def words(script: str) -> tuple[str, ...]:
    """The words of a shell script, separators among them; none where it cannot be split."""
    text = re.sub(r"(?m)^\s*#.*$", "", script).replace("\\\n", " ")
    lexer = shlex.shlex(text, posix=True, punctuation_chars=SEPARATORS)
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t\r", True, ""
    try:
        return tuple(lexer)
    except ValueError:
        return ()


def image(reference: str) -> dict[str, str]:
    """`registry:5000/a/b:tag@sha256:...` -> repository, tag and digest, empty where they are not there."""
    name, _, digest = reference.partition("@")
    directory, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return {"repository": directory + slash + last, "tag": tag, "digest": digest}


def text(tree: Any, path: KeyPath) -> str | None:
    """The text at a path; None for maps, lists, booleans and what is not there."""
    found = lookup(tree, path)
    if found is not MISSING:
        return (
            str(found)
            if isinstance(found, (str, int, float)) and not isinstance(found, bool)
            else None
        )
    whole, part = lookup(tree, path[:-1]), path[-1]
    if not isinstance(whole, str):
        return None
    if isinstance(part, int):
        return next(iter(words(whole)[part : part + 1]), None)
    return image(whole).get(part)
