"""Appending to a file to which other programs append too, such as GITHUB_STEP_SUMMARY."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from helm_llm.writing.batch import name_file_in_errors
from helm_llm.writing.stream import (
    COMMON,
    NO_FOLLOW,
    NON_BLOCKING,
    own_descriptor,
    write_descriptor,
    write_fully,
)

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | NO_FOLLOW | NON_BLOCKING | COMMON


def append(file: Path, text: str) -> None:
    """Append a text, all of it or nothing; a link instead of a file is refused."""
    data = text.encode("utf-8", "backslashreplace")
    with name_file_in_errors(file):
        descriptor = own_descriptor(file)
        if descriptor is not None:
            write_descriptor(descriptor, data)
            return
        descriptor = os.open(file, _FLAGS, 0o666)
        try:
            _append_fully(descriptor, data)
        finally:
            os.close(descriptor)


def _append_fully(descriptor: int, data: bytes) -> None:
    before = os.fstat(descriptor)
    os.set_blocking(descriptor, True)
    try:
        write_fully(descriptor, data)
    except OSError:
        if stat.S_ISREG(before.st_mode):  # take back what was written so far
            os.ftruncate(descriptor, before.st_size)
        raise
