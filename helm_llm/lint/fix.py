"""What cures a problem, in terms of values paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from helm_llm.keypath import KeyPath


@dataclass(frozen=True, slots=True)
class Quote:
    """Make the plain scalar at the path the text that it was written as."""

    path: KeyPath


@dataclass(frozen=True, slots=True)
class Remove:
    """Take the key out, and the mapping it was the only key of."""

    path: KeyPath


@dataclass(frozen=True, slots=True)
class Rename:
    """Give the last key of the path another name."""

    path: KeyPath
    key: str


Fix: TypeAlias = Quote | Remove | Rename


@dataclass(frozen=True, slots=True)
class FileFix:
    """A fix of one file, as the user named it; its path is the one in that file."""

    file: str
    fix: Fix
