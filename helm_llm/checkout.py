"""The repository that is linted, and which paths lead out of it.

What a repository says (its configuration, its links, the names that a pattern matches in it) is not the user's word: it
never makes us, or Helm, read or write anything outside. What a user names outside of it is theirs to name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from helm_llm.errors import UsageError

TRUST = "HELM_LLM_TRUST_REPOSITORY"
"""The environment variable that switches the checks off, for repositories one trusts."""


def boundary(file: str) -> Path:
    """The repository that a file lies in; without one, the directory it lies in."""
    directory = _real(file).parent
    return next(_repositories(directory), directory)


def confined(path: str, inside: Path) -> str:
    """The path, if it leads to a place inside this directory, a real path; UsageError otherwise."""
    return (
        path
        if _real(path).is_relative_to(inside) or _is_trusted()
        else _refuse(path, inside)
    )


def not_linked_outside(path: str) -> str:
    """The path; UsageError if it lies in a repository, or in the working directory, and a link leads out of it."""
    here, real = Path.cwd(), _real(path)
    named = Path(os.path.normpath(here / path))
    if named == real or str(real).startswith(_NO_FILES) or _is_trusted():
        return path
    # Every repository on the way up counts: a link may lead into another one.
    for inside in list(_repositories(named.parent)) or [here]:
        if named.is_relative_to(inside) and not real.is_relative_to(_real(str(inside))):
            _refuse(path, inside)
    return path


_NO_FILES = ("/dev/", "/proc/self/fd/")


def _refuse(path: str, inside: Path) -> str:
    raise UsageError(
        f"{path} leads out of {inside}, to {_real(path)}: "
        f"copy what is needed into it, or set {TRUST}=1 if you trust this repository"
    )


def _is_trusted() -> bool:
    return os.environ.get(TRUST, "") not in ("", "0")


def _real(path: str) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve raises on a loop of links


def _repositories(directory: Path) -> Iterator[Path]:
    """The directory and those above it that are roots of repositories, the nearest first."""
    return (above for above in (directory, *directory.parents) if _is_root(above))


@lru_cache(maxsize=4096)
def _is_root(directory: Path) -> bool:
    return (directory / ".git").exists()
