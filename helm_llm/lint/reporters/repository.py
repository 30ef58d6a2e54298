"""How a code host names a file: relative to the root of the repository, with slashes."""

from __future__ import annotations

import os
from pathlib import Path


def repository_path(file: str) -> str:
    """The file from the repository's root: $GITHUB_WORKSPACE, else the current directory. Absolute if it is outside.

    A file of a chart in a registry keeps its address.
    """
    if "://" in file:
        return file
    root = Path(os.environ.get("GITHUB_WORKSPACE") or ".").resolve()
    path = Path(file).resolve()
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
