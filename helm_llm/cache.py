"""The cache: files that helm-llm can compute or download again."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from helm_llm.errors import UsageError


def cache_directory() -> Path:
    """Return `$HELM_LLM_HOME`, else `helm-llm` in the user's cache directory.

    It may not exist.
    """
    if home := os.environ.get("HELM_LLM_HOME"):
        return Path(home)
    local = os.environ.get("LOCALAPPDATA")
    if os.name == "nt" and local:
        return Path(local) / "helm-llm"
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "helm-llm"


def replace_file(path: Path, text: str) -> None:
    """Write a cache file atomically; a cache that cannot be written is not an error."""
    # Imported here because few runs write a cache file.
    from helm_llm.writing import make_directory, write_all

    with contextlib.suppress(UsageError):
        make_directory(path.parent)
        write_all([(path, text)])
