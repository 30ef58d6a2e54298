"""Writing files, all of them at once or none."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from helm_llm.errors import UsageError


def write_all(texts: Mapping[Path, str]) -> None:
    """Replace the files; UsageError, and nothing is changed, when one of them cannot be written."""
    with ExitStack() as scratches:
        written = {file: _scratch(file, text, scratches) for file, text in texts.items()}
        for file, scratch in written.items():
            scratch.replace(file.resolve())


def _scratch(file: Path, text: str, scratches: ExitStack) -> Path:
    """Beside the file, so that it can take its place; a link keeps leading to the file."""
    target = file.resolve()
    scratch = target.with_name(f".{target.name}.partial")
    scratches.callback(scratch.unlink, missing_ok=True)
    try:
        scratch.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
        if target.exists():
            shutil.copymode(target, scratch)
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from error
    return scratch
