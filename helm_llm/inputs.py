"""Files of the user, read with a limit on size and time.

Standard input, a pipe, a FIFO and `<(...)` can be read only once, so a program that we
start would find nothing in them. Their bytes are kept, and `for_programs` returns the
path of a copy. Devices are never opened.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import threading
from collections.abc import Callable, Hashable
from pathlib import Path

from helm_llm.errors import UsageError

MIB = 1024 * 1024
SECONDS = 60.0
"""Time in which a pipe has to end, unless `wait_at_most` sets another one."""

# O_NONBLOCK: a file may be replaced by a FIFO before it is opened, which would block.
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_STDIN = re.compile(r"-|/dev/stdin|/dev/fd/0|/proc/self/fd/0")
_DESCRIPTOR = re.compile(r"/dev/fd/\d+|/proc/(self|thread-self|\d+)/fd/\d+")
"""Names that refer to a different file in each process."""
_MAX_LINKS = 40
_FILE_TYPES = {
    stat.S_IFDIR: "a directory",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFIFO: "a pipe",
}

_seconds = SECONDS
_contents: dict[Hashable, bytes] = {}
"""Bytes of the inputs that can be read only once, by `_key`."""
_copies: dict[Hashable, str] = {}
"""Paths of their copies."""
_descriptors: list[int] = []
_files: list[str] = []


class NoEnd(UsageError):
    """An input did not end in time."""


def wait_at_most(seconds: float) -> None:
    """Set the deadline of every pipe that is read from now on."""
    global _seconds
    _seconds = seconds


def read(name: str, what: str, limit: int = 5 * MIB) -> bytes:
    """Return the bytes of a file, of standard input if the name is `-`.

    `what` describes it in messages, as `the values file`; `limit` is in bytes. Raises
    UsageError if the file cannot be read.
    """
    if not is_read_once(name):
        return read_file(name, what, limit)
    shown = "standard input" if name == "-" else f"{what} {name}"
    return _check(lambda: _read_once(name, limit, shown), limit, shown)


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
    data, key = read(name, what), _key(name)
    if key not in _copies:
        _copies[key] = _copy(data)
    return _copies[key]


def forget() -> None:
    """Remove the copies, and discard what was read."""
    while _descriptors:
        os.close(_descriptors.pop())
    while _files:
        Path(_files.pop()).unlink(missing_ok=True)
    _copies.clear()
    _contents.clear()


def is_read_once(name: str) -> bool:
    """Whether this is standard input, another descriptor of ours, a pipe or a FIFO."""
    name = path(name)
    # os.stat would follow /dev/fd/N to a file, but only in this process.
    for _ in range(_MAX_LINKS):
        if _STDIN.fullmatch(name) or _DESCRIPTOR.fullmatch(name):
            return True
        try:
            status = os.lstat(name)
            if not stat.S_ISLNK(status.st_mode):
                return stat.S_ISFIFO(status.st_mode)
            name = os.path.join(os.path.dirname(name), os.readlink(name))  # noqa: PTH115, PTH118, PTH120
        except OSError:
            return False
    return False


def path(text: str) -> str:
    """Return the text if it is a possible path; raises UsageError otherwise."""
    try:
        if b"\0" not in os.fsencode(text):
            return text
    except UnicodeEncodeError:
        pass
    raise UsageError(
        f"{text!r} is not a path: a path has no NUL and no unpaired surrogate"
    )


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
        return _read_up_to(limit, descriptor)
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


def _read_up_to(limit: int, descriptor: int) -> bytes:
    """Return the bytes up to the end, or one more than the limit."""
    data = bytearray()
    while len(data) <= limit:
        chunk = os.read(descriptor, min(limit + 1 - len(data), MIB))
        if not chunk:
            break
        data += chunk
    return bytes(data)


def _read_once(name: str, limit: int, shown: str) -> bytes:
    key = _key(name)
    if key not in _contents:
        _contents[key] = _run_in_time(lambda: _read_blocking(name, limit), shown)
    return _contents[key]


def _key(name: str) -> Hashable:
    """A key that all names of one input share."""
    if _STDIN.fullmatch(name):
        return sys.stdin
    status = Path(name).stat()
    return status.st_dev, status.st_ino


def _read_blocking(name: str, limit: int) -> bytes:
    if _STDIN.fullmatch(name):
        if sys.stdin is None or sys.stdin.closed:
            raise OSError(errno.EBADF, "it is closed")
        return sys.stdin.buffer.read(limit + 1)
    descriptor = os.open(name, os.O_RDONLY)
    try:
        return _read_up_to(limit, descriptor)
    finally:
        os.close(descriptor)


def _run_in_time(work: Callable[[], bytes], shown: str) -> bytes:
    """Return the result of `work`; raises NoEnd if it takes too long.

    A read of a pipe cannot be interrupted, so its thread stays until the program ends.
    """
    results: list[bytes | Exception] = []

    def call() -> None:
        try:
            results.append(work())
        except Exception as error:
            results.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(_seconds)
    if not results:
        raise NoEnd(f"cannot read {shown}: it did not end within {_seconds:g} s")
    if isinstance(results[0], Exception):
        raise results[0]
    return results[0]


def _copy(data: bytes) -> str:
    """Write a copy, in memory if the system supports that; return its path.

    The input may be secret: people use `<(...)` to keep it off the disk.
    """
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("helm-llm")
        _descriptors.append(descriptor)
        _write(descriptor, data)
        name = f"/proc/{os.getpid()}/fd/{descriptor}"
        # Some containers hide /proc from other processes.
        if os.access(name, os.R_OK):
            return name
    from tempfile import mkstemp

    descriptor, name = mkstemp(prefix="helm-llm-")
    _descriptors.append(descriptor)
    _files.append(name)
    _write(descriptor, data)
    return name


def _write(descriptor: int, data: bytes) -> None:
    with open(descriptor, "wb", closefd=False) as out:
        out.write(data)
