"""How a code host names a file: relative to the root of the repository, with slashes."""

from __future__ import annotations

import os
from pathlib import Path


def repository_path(file: str) -> str:
    """The file relative to $GITHUB_WORKSPACE, else to the current directory.

    Files outside keep their absolute path, and those of a chart in a registry their address.
    """
    if "://" in file:
        return file
    root = Path(os.environ.get("GITHUB_WORKSPACE") or ".").resolve()
    path = Path(file).resolve()
    if path.is_relative_to(root):
        path = path.relative_to(root)
    return path.as_posix()
