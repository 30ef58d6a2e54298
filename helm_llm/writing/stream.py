"""Devices, pipes and descriptors of our own: written to, never replaced."""

from __future__ import annotations

import errno
import os
import re
import sys
import time
from pathlib import Path

READER_SECONDS = 10.0
"""How long a named pipe may take to find a reader."""

_OWN = re.compile(
    r"/dev/(?:std(?P<name>out|err)|fd/(?P<number>\d{1,9}))|/proc/self/fd/(?P<process>\d{1,9})"
)


_MOST_LINKS = 40

NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
COMMON = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
PATIENT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
"""Windows knows none of these but O_BINARY."""


def own_descriptor(file: Path) -> int | None:
    """The number of a descriptor that this process already has open, else None.

    The name is what counts, also that of a link. `/dev/stdout` may be a regular file, which must not be replaced
    either, because what is printed later goes to the file that is open.
    """
    for _ in range(_MOST_LINKS):
        if match := _OWN.fullmatch(str(file)):
            return {"out": 1, "err": 2}.get(match["name"]) or int(
                match["number"] or match["process"]
            )
        if not file.is_symlink():
            return None
        file = Path(os.path.normpath(file.parent / file.readlink()))
    return None


def write_descriptor(descriptor: int, data: bytes) -> None:
    """Write to a descriptor that stays open, after what was printed before."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    write_fully(descriptor, data)


def write_stream(file: Path, data: bytes) -> None:
    """Write to a device or a named pipe."""
    descriptor = _open(file)
    try:
        os.set_blocking(descriptor, True)
        write_fully(descriptor, data)
    finally:
        os.close(descriptor)


def _open(file: Path) -> int:
    # Without O_NONBLOCK a pipe that has no reader would keep us forever.
    flags = os.O_WRONLY | PATIENT | COMMON
    end = time.monotonic() + READER_SECONDS
    while True:
        try:
            return os.open(file, flags)
        except OSError as error:
            if error.errno != errno.ENXIO or not file.is_fifo():
                raise
            if time.monotonic() > end:
                raise OSError(
                    errno.ENXIO, f"no reader opened the pipe in {READER_SECONDS:g} s"
                ) from None
        time.sleep(0.02)


def write_fully(descriptor: int, data: bytes) -> None:
    """All bytes, however few the system takes at a time."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
