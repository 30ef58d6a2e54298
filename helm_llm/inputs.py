"""Files that others wrote, read with a limit on size and time.

A regular file is read at once. Standard input, a pipe, a FIFO and `<(...)` can be read only once, and a program that we
start would find nothing in them: their bytes are kept, and `for_programs` hands out a copy. Devices are not opened.
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
"""How long a pipe may take to its end unless `wait_at_most` says otherwise."""

_OPEN = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_STDIN = re.compile(r"-|/dev/stdin|/dev/fd/0|/proc/self/fd/0")
_DESCRIPTOR = re.compile(r"/dev/fd/\d+|/proc/(self|thread-self|\d+)/fd/\d+")
"""Names that mean another file in another process."""
_MOST_LINKS = 40
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFIFO: "a pipe",
}

_seconds = SECONDS
_kept: dict[Hashable, bytes] = {}
_copies: dict[Hashable, str] = {}
_descriptors: list[int] = []
_files: list[str] = []


class NoEnd(UsageError):
    """An input did not come to its end in time."""


def wait_at_most(seconds: float) -> None:
    """The deadline of every pipe that is read from now on."""
    global _seconds
    _seconds = seconds


def read(name: str, what: str, limit: int = 5 * MIB) -> bytes:
    """The bytes of a file, `-` for standard input; UsageError, which says what it is, when it cannot be read.

    `what` is for the message, as `the values file`; `limit` is in bytes.
    """
    shown = "standard input" if name == "-" else f"{what} {name}"
    if not is_read_once(name):
        return read_file(name, what, limit)
    return _checked(lambda: _once(name, limit, shown), limit, shown)


def read_file(name: str, what: str, limit: int = 5 * MIB) -> bytes:
    """The same of a regular file only."""
    named = path(name) or "''"
    shown = f"{what} {named}"
    return _checked(lambda: _regular(name, limit, shown), limit, shown)


def _checked(reader: Callable[[], bytes], limit: int, shown: str) -> bytes:
    try:
        data = reader()
    except OSError as error:
        raise UsageError(f"cannot read {shown}: {error.strerror or error}") from None
    if len(data) > limit:
        raise UsageError(f"{shown} is larger than {limit // MIB} MiB: check the path")
    return data


def for_programs(name: str, what: str = "the file") -> str:
    """A path under which a program that we start reads what we read: the name itself, or a copy of what is gone.

    Raises UsageError as `read` does.
    """
    if not is_read_once(name):
        return name
    data, key = read(name, what), _key(name)
    if key not in _copies:
        _copies[key] = _copy(data)
    return _copies[key]


def forget() -> None:
    """Remove the copies and forget what was read."""
    while _descriptors:
        os.close(_descriptors.pop())
    while _files:
        Path(_files.pop()).unlink(missing_ok=True)
    _copies.clear()
    _kept.clear()


def is_read_once(name: str) -> bool:
    """Whether this is our standard input, another of our descriptors, a pipe or a FIFO."""
    name = path(name)
    for _ in range(_MOST_LINKS):
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
    """The text, if it can name a file; UsageError otherwise."""
    try:
        if b"\0" not in os.fsencode(text):
            return text
    except UnicodeEncodeError:
        pass
    raise UsageError(
        f"{text!r} names no file: a path holds no NUL and no lone surrogate"
    )


def _regular(name: str, limit: int, shown: str) -> bytes:
    status = os.stat(name)  # noqa: PTH116 - an empty name is none, to Path it is the working directory
    if (
        stat.S_ISCHR(status.st_mode)
        and status.st_rdev == Path(os.devnull).stat().st_rdev
    ):
        return b""
    _refuse_odd(status.st_mode, shown)  # opening a device may already do something
    descriptor = os.open(name, _OPEN)
    try:
        _refuse_odd(
            os.fstat(descriptor).st_mode, shown
        )  # it may have been replaced in between
        return _up_to(limit, descriptor)
    finally:
        os.close(descriptor)


def _refuse_odd(mode: int, shown: str) -> None:
    if not stat.S_ISREG(mode):
        raise UsageError(
            f"cannot read {shown}: it is {_KINDS.get(stat.S_IFMT(mode), 'no file')}"
        )


def _up_to(limit: int, descriptor: int) -> bytes:
    """The bytes up to the end, or one more than allowed."""
    data = bytearray()
    while len(data) <= limit and (
        chunk := os.read(descriptor, min(limit + 1 - len(data), MIB))
    ):
        data += chunk
    return bytes(data)


def _once(name: str, limit: int, shown: str) -> bytes:
    key = _key(name)
    if key not in _kept:
        _kept[key] = _in_time(lambda: _blocking(name, limit), shown)
    return _kept[key]


def _key(name: str) -> Hashable:
    """The same for all names of one input."""
    if _STDIN.fullmatch(name):
        return sys.stdin
    status = Path(name).stat()
    return status.st_dev, status.st_ino


def _blocking(name: str, limit: int) -> bytes:
    if not _STDIN.fullmatch(name):
        descriptor = os.open(name, os.O_RDONLY)
        try:
            return _up_to(limit, descriptor)
        finally:
            os.close(descriptor)
    if sys.stdin is None or sys.stdin.closed:
        raise OSError(errno.EBADF, "it is closed")
    return sys.stdin.buffer.read(limit + 1)


def _in_time(work: Callable[[], bytes], shown: str) -> bytes:
    """What it returns; NoEnd when it takes too long. The thread ends with us."""
    done: list[bytes | Exception] = []

    def call() -> None:
        try:
            done.append(work())
        except Exception as error:
            done.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(_seconds)
    if not done:
        raise NoEnd(f"cannot read {shown}: no end of it after {_seconds:g} s")
    if isinstance(done[0], Exception):
        raise done[0]
    return done[0]


def _copy(data: bytes) -> str:
    """In memory where the system can do that: who passes `<(...)` may not want it on a disk."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("helm-llm")
        _descriptors.append(descriptor)
        _write(descriptor, data)
        name = f"/proc/{os.getpid()}/fd/{descriptor}"
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
