"""How to resolve a problem by an edit, in terms of values paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from helm_llm.keypath import KeyPath


@dataclass(frozen=True, slots=True)
class Quote:
    """Quote the plain scalar at the path, so that it is the text as it was written."""

    path: KeyPath


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the key, and the mapping above if this was its only key."""

    path: KeyPath


@dataclass(frozen=True, slots=True)
class Rename:
    """Give the last key of the path another name."""

    path: KeyPath
    key: str


Fix: TypeAlias = Quote | Remove | Rename


@dataclass(frozen=True, slots=True)
class FileFix:
    """A fix in one file, named as the user named it; the path is the one in that file."""

    file: str
    fix: Fix
