"""A regular file: replaced by a complete copy, or written in place where a copy would change more than its text."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from helm_llm.writing.stream import COMMON, NO_FOLLOW, write_fully

_NO_SCRATCH = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_RENAME = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV})
"""A mount point (as files bound into a container are) or a directory with the sticky bit."""


class Regular:
    """The new text of one file. `file` is the name behind all links; `prepare` comes first, `discard` last."""

    def __init__(self, file: Path, data: bytes) -> None:
        self.file, self._data = file, data
        self._before = _status(file)
        self._scratch: Path | None = None
        self._backup: Path | None = None
        self._in_place = False
        self._old = b""

    def prepare(self) -> None:
        """Check that the file may be written, and write the copy; OSError says why not, and nothing has changed."""
        before = self._before
        if before and not (before.st_mode & 0o222 and os.access(self.file, os.W_OK)):
            raise OSError(errno.EACCES, "it is read-only")
        try:
            self._scratch = _written_scratch(self.file.parent, self._data)
        except OSError as error:
            if before is None or error.errno not in _NO_SCRATCH:
                raise
            self._in_place = True
            return
        if before is None:
            self._scratch.chmod(0o666 & ~_umask())
        else:
            self._in_place = before.st_nlink > 1 or not _takes_attributes(
                self._scratch, self.file, before
            )

    def commit(self, *, undoable: bool) -> None:
        """Put the text into its place. `undoable` keeps what `undo` needs: other files are yet to be written."""
        if self._scratch and not self._in_place:
            if undoable and self._before:
                self._backup = _link(self.file)
            try:
                self._scratch.replace(self.file)
            except OSError as error:
                if self._before is None or error.errno not in _NO_RENAME:
                    raise
            else:
                self._scratch = None
                _sync_directory(self.file.parent)
                return
        self._old = _overwrite(self.file, self._before, self._data)

    def undo(self) -> None:
        """Bring back what was there before `commit`, as far as the system allows."""
        with contextlib.suppress(OSError):
            if self._backup:
                self._backup.replace(self.file)
                self._backup = None
            elif self._before is None:
                self.file.unlink()
            else:
                _overwrite(self.file, self._before, self._old)

    def discard(self) -> None:
        """Remove the files that were only needed on the way."""
        for extra in filter(None, (self._scratch, self._backup)):
            with contextlib.suppress(OSError):
                extra.unlink()


def _status(file: Path) -> os.stat_result | None:
    try:
        return file.lstat()
    except FileNotFoundError:
        return None


def _scratch_name(directory: Path) -> Path:
    return directory / f".helm-llm-{os.urandom(8).hex()}.partial"


def _written_scratch(directory: Path, data: bytes) -> Path:
    """A complete copy in the target's directory; a name nobody can guess, and no link is followed."""
    scratch = _scratch_name(directory)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_FOLLOW | COMMON
    descriptor = os.open(scratch, flags, 0o600)
    try:
        try:
            write_fully(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)  # some file systems report a full disk only here
    except BaseException:
        scratch.unlink()
        raise
    return scratch


def _takes_attributes(scratch: Path, file: Path, before: os.stat_result) -> bool:
    """Give the copy owner, extended attributes (access lists are among them) and mode; whether all of that worked."""
    try:
        own = scratch.stat()
        if (own.st_uid, own.st_gid) != (before.st_uid, before.st_gid):
            os.chown(scratch, before.st_uid, before.st_gid)
        for name, value in _attributes(file):
            os.setxattr(scratch, name, value)
        scratch.chmod(stat.S_IMODE(before.st_mode))  # last: chown clears the setuid bit
    except OSError:
        return False
    return True


def _attributes(file: Path) -> Iterator[tuple[str, bytes]]:
    if hasattr(os, "listxattr"):
        try:
            names = os.listxattr(file)
        except OSError:  # a file system without them
            return
        for name in names:
            yield name, os.getxattr(file, name)


def _overwrite(file: Path, before: os.stat_result | None, data: bytes) -> bytes:
    """Write in place and return what was there; a failure puts it back."""
    descriptor = os.open(file, os.O_RDWR | NO_FOLLOW | COMMON)
    try:
        _check_same(os.fstat(descriptor), before)
        with open(descriptor, "rb", closefd=False) as stream:
            old = stream.read()
        try:
            _reserve(descriptor, len(data))
            _rewrite(descriptor, data)
        except BaseException:
            _rewrite(descriptor, old)
            raise
    finally:
        os.close(descriptor)
    return old


def _check_same(now: os.stat_result, before: os.stat_result | None) -> None:
    if before is None or (now.st_dev, now.st_ino) != (before.st_dev, before.st_ino):
        raise OSError(errno.EBUSY, "it was replaced by another file meanwhile")


def _reserve(descriptor: int, size: int) -> None:
    """A full disk shows before the first byte is overwritten."""
    if size and hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise


def _rewrite(descriptor: int, data: bytes) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    write_fully(descriptor, data)
    os.ftruncate(descriptor, len(data))
    os.fsync(descriptor)


def _link(file: Path) -> Path | None:
    """A second name for what is there now; None where the file system has no hard links."""
    backup = _scratch_name(file.parent)
    try:
        os.link(file, backup, follow_symlinks=False)
    except OSError:
        return None
    return backup


def _sync_directory(directory: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
