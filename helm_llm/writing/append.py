"""Adding to a file that others add to as well."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from helm_llm.writing.batch import name_file_in_errors
from helm_llm.writing.stream import (
    COMMON,
    NO_FOLLOW,
    PATIENT,
    own_descriptor,
    write_descriptor,
    write_fully,
)

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | NO_FOLLOW | PATIENT | COMMON


def append(file: Path, text: str) -> None:
    """Add a text at the end, all of it or nothing; a link in place of the file is refused."""
    data = text.encode("utf-8", "backslashreplace")
    with name_file_in_errors(file):
        descriptor = own_descriptor(file)
        if descriptor is not None:
            write_descriptor(descriptor, data)
            return
        descriptor = os.open(file, _FLAGS, 0o666)
        try:
            _add(descriptor, data)
        finally:
            os.close(descriptor)


def _add(descriptor: int, data: bytes) -> None:
    before = os.fstat(descriptor)
    os.set_blocking(descriptor, True)
    try:
        write_fully(descriptor, data)
    except OSError:
        if stat.S_ISREG(before.st_mode):
            os.ftruncate(descriptor, before.st_size)
        raise
