"""Writing to devices, pipes and descriptors of this process, which are never replaced."""

from __future__ import annotations

import errno
import os
import re
import sys
import time
from pathlib import Path

READER_SECONDS = 10.0
"""Seconds to wait for a reader of a named pipe."""

_OWN_DESCRIPTOR = re.compile(
    r"/dev/(?:std(?P<name>out|err)|fd/(?P<number>\d{1,9}))|/proc/self/fd/(?P<process>\d{1,9})"
)

_MAX_LINKS = 40

NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
COMMON = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
NON_BLOCKING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
"""Flags for `os.open`. Of these, Windows only has O_BINARY."""


def own_descriptor(file: Path) -> int | None:
    """The number in a name such as `/dev/stdout`, or in the target of a link; else None.

    Even if `/dev/stdout` is a regular file, it must not be replaced, because later
    output goes to the open file.
    """
    for _ in range(_MAX_LINKS):
        if match := _OWN_DESCRIPTOR.fullmatch(str(file)):
            standard = {"out": 1, "err": 2}.get(match["name"])
            return standard or int(match["number"] or match["process"])
        if not file.is_symlink():
            return None
        file = Path(os.path.normpath(file.parent / file.readlink()))
    return None


def write_descriptor(descriptor: int, data: bytes) -> None:
    """Write to a descriptor that stays open, after everything printed so far."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    write_fully(descriptor, data)


def write_stream(file: Path, data: bytes) -> None:
    """Write to a device or a named pipe."""
    descriptor = _open_stream(file)
    try:
        os.set_blocking(descriptor, True)
        write_fully(descriptor, data)
    finally:
        os.close(descriptor)


def _open_stream(file: Path) -> int:
    # Without O_NONBLOCK, opening a pipe would block until it has a reader.
    flags = os.O_WRONLY | NON_BLOCKING | COMMON
    end = time.monotonic() + READER_SECONDS
    while True:
        try:
            return os.open(file, flags)
        except OSError as error:
            if error.errno != errno.ENXIO or not file.is_fifo():
                raise
            if time.monotonic() > end:
                raise OSError(
                    errno.ENXIO,
                    f"no reader opened the pipe within {READER_SECONDS:g} s",
                ) from None
        time.sleep(0.02)


def write_fully(descriptor: int, data: bytes) -> None:
    """Write all bytes, even if the system takes only some at a time."""
    left = memoryview(data)
    while left:
        written = os.write(descriptor, left)
        left = left[written:]
