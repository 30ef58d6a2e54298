"""The boundary of a repository, and paths that lead out of it.

The user does not write the configuration of a repository, its links, and the file names
that a pattern matches in it. None of them makes us or Helm read or write a file outside
the repository. Paths on the command line may lead anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from helm_llm.errors import UsageError

TRUST = "HELM_LLM_TRUST_REPOSITORY"
"""The environment variable that switches the checks off, for trusted repositories."""

_NOT_FILES = ("/dev/", "/proc/self/fd/")


def boundary(file: str) -> Path:
    """Return the repository that contains a file, else the directory of the file."""
    directory = _real_path(file).parent
    return next(_repositories(directory), directory)


def confined(path: str, inside: Path) -> str:
    """Return the path if it leads into a directory; raises UsageError otherwise.

    `inside` has no links in it.
    """
    if not _real_path(path).is_relative_to(inside) and not _is_trusted():
        _refuse(path, inside)
    return path


def not_linked_outside(path: str) -> str:
    """Return the path if no link on it leads out of the repository it is in.

    Without a repository the working directory counts. Raises UsageError.
    """
    here, real = Path.cwd(), _real_path(path)
    named = Path(os.path.normpath(here / path))
    if named == real or str(real).startswith(_NOT_FILES) or _is_trusted():
        return path
    # Every repository on the way up counts: a link may lead into another one.
    for inside in list(_repositories(named.parent)) or [here]:
        if not named.is_relative_to(inside):
            continue
        if not real.is_relative_to(_real_path(str(inside))):
            _refuse(path, inside)
    return path


def _refuse(path: str, inside: Path) -> None:
    raise UsageError(
        f"{path} leads out of {inside}, to {_real_path(path)}: "
        f"copy what is needed into it, or set {TRUST}=1 if you trust this repository"
    )


def _is_trusted() -> bool:
    return os.environ.get(TRUST, "") not in ("", "0")


def _real_path(path: str) -> Path:
    # Path.resolve raises an error on a circle of links.
    return Path(os.path.realpath(path))


def _repositories(directory: Path) -> Iterator[Path]:
    """Yield the directory and those above it that are repositories, nearest first."""
    return filter(_is_repository, (directory, *directory.parents))


@lru_cache(maxsize=4096)
def _is_repository(directory: Path) -> bool:
    return (directory / ".git").exists()
