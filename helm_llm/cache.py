"""Where helm-llm keeps what it can compute again."""

import contextlib
import os
from pathlib import Path

from helm_llm.errors import UsageError


def cache_directory() -> Path:
    """`$HELM_LLM_HOME`, else `helm-llm` in the user's cache directory; it need not exist."""
    if home := os.environ.get("HELM_LLM_HOME"):
        return Path(home)
    if os.name == "nt" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "helm-llm"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "helm-llm"


def replace_file(path: Path, text: str) -> None:
    """Write a cache file at once or not at all; a cache that cannot be written is not an error."""
    from helm_llm.writing import make_directory, write_all  # few runs write one

    with contextlib.suppress(UsageError):
        make_directory(path.parent)
        write_all([(path, text)])
