"""Inputs that can be read only once: standard input, pipes, FIFOs and `<(...)`.

Their bytes are kept until `forget`, and programs that we start get a copy.
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

_STDIN = re.compile(r"-|/dev/stdin|/dev/fd/0|/proc/self/fd/0")
_DESCRIPTOR = re.compile(r"/dev/fd/\d+|/proc/(self|thread-self|\d+)/fd/\d+")
"""Names that refer to a different file in each process."""
_MAX_LINKS = 40

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


def read_pipe(name: str, limit: int, shown: str) -> bytes:
    """Return the bytes of an input that can be read only once, every time.

    `shown` is its name in messages. Raises OSError, or NoEnd at the deadline.
    """
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
        return read_up_to(limit, descriptor)
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


def copy_of(name: str, data: bytes) -> str:
    """Return the path of a copy of such an input, for programs that we start."""
    key = _key(name)
    if key not in _copies:
        _copies[key] = _copy(data)
    return _copies[key]


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


def read_up_to(limit: int, descriptor: int) -> bytes:
    """Return the bytes up to the end, or one more than the limit."""
    data = bytearray()
    while len(data) <= limit:
        chunk = os.read(descriptor, min(limit + 1 - len(data), MIB))
        if not chunk:
            break
        data += chunk
    return bytes(data)


def forget() -> None:
    """Remove the copies, and discard what was read."""
    while _descriptors:
        os.close(_descriptors.pop())
    while _files:
        Path(_files.pop()).unlink(missing_ok=True)
    _copies.clear()
    _contents.clear()
