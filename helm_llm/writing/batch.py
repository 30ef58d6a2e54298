"""Writing several files, all of them or none."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from helm_llm.checkout import not_linked_outside
from helm_llm.errors import UsageError
from helm_llm.writing.regular import RegularFile
from helm_llm.writing.stream import own_descriptor, write_descriptor, write_stream


def write_all(texts: Iterable[tuple[Path, str]]) -> None:
    """Write every text to its file.

    If one of the files cannot be written, UsageError is raised and nothing is changed.
    Devices and pipes are written last, because nothing can be taken back from them.
    """
    regular: list[tuple[Path, RegularFile]] = []
    streams: list[tuple[Path, bytes]] = []
    for file, text in texts:
        data = text.encode("utf-8", "backslashreplace")
        with name_file_in_errors(file):
            if _is_stream(file):
                streams.append((file, data))
            else:
                regular.append((file, RegularFile(_resolve_links(file), data)))
    _refuse_same_file(regular)
    _replace_all(regular)
    for file, data in streams:
        with name_file_in_errors(file):
            descriptor = own_descriptor(file)
            if descriptor is None:
                write_stream(file, data)
            else:
                write_descriptor(descriptor, data)


def make_directory(path: Path) -> None:
    """Create a directory and its parents; UsageError if that fails."""
    with name_file_in_errors(path):
        path.mkdir(parents=True, exist_ok=True)


def _replace_all(files: list[tuple[Path, RegularFile]]) -> None:
    done: list[RegularFile] = []
    try:
        for file, regular in files:
            with name_file_in_errors(file):
                regular.prepare()
        for file, regular in files:
            with name_file_in_errors(file):
                regular.commit(undoable=len(files) > 1)
            done.append(regular)
    except BaseException:
        for regular in reversed(done):
            regular.undo()
        raise
    finally:
        for _, regular in files:
            regular.discard()


def _refuse_same_file(files: list[tuple[Path, RegularFile]]) -> None:
    seen: dict[Path, Path] = {}
    for file, regular in files:
        first = seen.setdefault(regular.file, file)
        if first is not file:
            raise UsageError(
                f"cannot write {file}: it is the same file as {first}, which is written too"
            )


def _is_stream(file: Path) -> bool:
    if own_descriptor(file) is not None:
        return True
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(0, "it is a directory")
    return not stat.S_ISREG(mode)


def _resolve_links(file: Path) -> Path:
    """The file behind a link, which stays a link; UsageError if it is outside the repository."""
    return Path(os.path.realpath(not_linked_outside(str(file))))


@contextmanager
def name_file_in_errors(file: Path) -> Iterator[None]:
    """Turn an error with this file into a UsageError of one line."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror or error}") from error
    except (
        ValueError
    ) as error:  # a NUL, or another character that no file name may have
        raise UsageError(f"cannot write {str(file)!r}: {error}") from error
