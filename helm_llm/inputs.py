"""Files of the user, read with a limit on size and time.

Standard input, a pipe, a FIFO and `<(...)` can be read only once, so a program that we
start would find nothing in them. Their bytes are kept, and `for_programs` returns the
path of a copy. Devices are never opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from helm_llm.errors import UsageError
from helm_llm.read_once import (
    MIB,
    SECONDS,
    NoEnd,
    copy_of,
    forget,
    is_read_once,
    path,
    read_pipe,
    read_up_to,
    wait_at_most,
)

__all__ = [
    "MIB",
    "SECONDS",
    "NoEnd",
    "for_programs",
    "forget",
    "is_read_once",
    "path",
    "read",
    "read_file",
    "wait_at_most",
]

# O_NONBLOCK: a file may be replaced by a FIFO before it is opened, which would block.
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_FILE_TYPES = {
    stat.S_IFDIR: "a directory",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFIFO: "a pipe",
}


def read(name: str, what: str, limit: int = 5 * MIB) -> bytes:
    """Return the bytes of a file, of standard input if the name is `-`.

    `what` describes it in messages, as `the values file`; `limit` is in bytes. Raises
    UsageError if the file cannot be read.
    """
    if not is_read_once(name):
        return read_file(name, what, limit)
    shown = "standard input" if name == "-" else f"{what} {name}"
    return _check(lambda: read_pipe(name, limit, shown), limit, shown)


def read_file(name: str, what: str, limit: int = 5 * MIB) -> bytes:
    """Return the bytes of a regular file, as `read` does."""
    shown = f"{what} {path(name) or repr('')}"
    return _check(lambda: _read_regular(name, limit, shown), limit, shown)


def _check(reader: Callable[[], bytes], limit: int, shown: str) -> bytes:
    try:
        data = reader()
    except OSError as error:
        raise UsageError(f"cannot read {shown}: {error.strerror or error}") from None
    if len(data) > limit:
        raise UsageError(f"{shown} is larger than {limit // MIB} MiB: check the path")
    return data


def for_programs(name: str, what: str = "the file") -> str:
    """Return a path from which a program that we start reads the same bytes.

    It is the name itself, or a copy of an input that can be read only once. Raises
    UsageError as `read` does.
    """
    if not is_read_once(name):
        return name
    return copy_of(name, read(name, what))


def _read_regular(name: str, limit: int, shown: str) -> bytes:
    # Path would turn an empty name into the working directory.
    status = os.stat(name)  # noqa: PTH116
    if _is_null_device(status):
        return b""
    # Opening a device may already have an effect.
    _require_regular(status, shown)
    descriptor = os.open(name, _OPEN_FLAGS)
    try:
        # The file may have been replaced since.
        _require_regular(os.fstat(descriptor), shown)
        return read_up_to(limit, descriptor)
    finally:
        os.close(descriptor)


def _is_null_device(status: os.stat_result) -> bool:
    if not stat.S_ISCHR(status.st_mode):
        return False
    return status.st_rdev == Path(os.devnull).stat().st_rdev


def _require_regular(status: os.stat_result, shown: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        file_type = _FILE_TYPES.get(stat.S_IFMT(status.st_mode), "not a file")
        raise UsageError(f"cannot read {shown}: it is {file_type}")
