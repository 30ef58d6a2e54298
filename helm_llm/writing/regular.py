"""Writing a regular file: by a copy that replaces it, or in place.

A file is written in place where a copy would change more than the text.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from helm_llm.writing.stream import COMMON, NO_FOLLOW, write_fully

_NO_NEW_FILES = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_RENAME = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV})
"""Errors of mount points, such as files in a container, and of sticky directories."""


class RegularFile:
    """The new text of one file, whose links are resolved.

    Call `prepare` first and `discard` last.
    """

    def __init__(self, file: Path, data: bytes) -> None:
        self.file = file
        self._data = data
        self._before = _stat_if_exists(file)
        self._scratch: Path | None = None
        self._backup: Path | None = None
        self._in_place = False
        self._old = b""

    def prepare(self) -> None:
        """Check that the file may be written, and write the copy.

        OSError if that fails; then nothing has changed.
        """
        before = self._before
        # Root may write to files without write permission, so check the mode too.
        if before and not (before.st_mode & 0o222 and os.access(self.file, os.W_OK)):
            raise OSError(errno.EACCES, "it is read-only")
        try:
            self._scratch = _write_scratch(self.file.parent, self._data)
        except OSError as error:
            if before is None or error.errno not in _NO_NEW_FILES:
                raise
            self._in_place = True
            return
        if before is None:
            self._scratch.chmod(0o666 & ~_current_umask())
        elif before.st_nlink > 1:
            # A copy would leave the other names of the file with the old content.
            self._in_place = True
        elif not _copy_attributes(self._scratch, self.file, before):
            self._in_place = True

    def commit(self, *, undoable: bool) -> None:
        """Replace the file. `undoable` keeps what `undo` needs while other files follow."""
        if self._scratch and not self._in_place:
            if undoable and self._before:
                self._backup = _link_backup(self.file)
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
        """Restore the file as it was before `commit`, as far as the system allows."""
        with contextlib.suppress(OSError):
            if self._backup:
                self._backup.replace(self.file)
                self._backup = None
            elif self._before is None:
                self.file.unlink()
            else:
                _overwrite(self.file, self._before, self._old)

    def discard(self) -> None:
        """Remove temporary files."""
        for extra in filter(None, (self._scratch, self._backup)):
            with contextlib.suppress(OSError):
                extra.unlink()


def _stat_if_exists(file: Path) -> os.stat_result | None:
    try:
        return file.lstat()
    except FileNotFoundError:
        return None


def _scratch_name(directory: Path) -> Path:
    return directory / f".helm-llm-{os.urandom(8).hex()}.partial"


def _write_scratch(directory: Path, data: bytes) -> Path:
    """Write a copy in the same directory.

    Its name cannot be guessed and no link is followed, so no other user can redirect
    the write.
    """
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


def _copy_attributes(scratch: Path, file: Path, before: os.stat_result) -> bool:
    """Copy owner, mode and extended attributes, such as access lists.

    False if that fails.
    """
    try:
        own = scratch.stat()
        if (own.st_uid, own.st_gid) != (before.st_uid, before.st_gid):
            os.chown(scratch, before.st_uid, before.st_gid)
        for name, value in _attributes(file):
            os.setxattr(scratch, name, value)
        # The mode comes last, because chown clears the setuid bit.
        scratch.chmod(stat.S_IMODE(before.st_mode))
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
    """Write in place and return the old content, which a failure restores."""
    descriptor = os.open(file, os.O_RDWR | NO_FOLLOW | COMMON)
    try:
        _check_unchanged(os.fstat(descriptor), before)
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


def _check_unchanged(now: os.stat_result, before: os.stat_result | None) -> None:
    if before is None or (now.st_dev, now.st_ino) != (before.st_dev, before.st_ino):
        raise OSError(errno.EBUSY, "the file was replaced meanwhile")


def _reserve(descriptor: int, size: int) -> None:
    """Reserve space, so that a full disk is noticed before anything is overwritten."""
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


def _link_backup(file: Path) -> Path | None:
    """Give the file a second name; None where the file system has no hard links."""
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


def _current_umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
