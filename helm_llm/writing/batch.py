"""Several files: all of them or none."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from helm_llm.checkout import not_linked_outside
from helm_llm.errors import UsageError
from helm_llm.writing.regular import Regular
from helm_llm.writing.stream import own_descriptor, write_descriptor, write_stream


def write_all(texts: Iterable[tuple[Path, str]]) -> None:
    """Write every text to its file; UsageError, and nothing is changed, when one of the files cannot be written.

    What a device or a pipe was given cannot be taken back, so these come last.
    """
    regular: list[tuple[Path, Regular]] = []
    streams: list[tuple[Path, bytes]] = []
    for file, text in texts:
        data = text.encode("utf-8", "backslashreplace")
        with name_file_in_errors(file):
            if _is_stream(file):
                streams.append((file, data))
            else:
                regular.append((file, Regular(_behind_links(file), data)))
    _refuse_same(regular)
    _replace(regular)
    for file, data in streams:
        with name_file_in_errors(file):
            descriptor = own_descriptor(file)
            if descriptor is None:
                write_stream(file, data)
            else:
                write_descriptor(descriptor, data)


def make_directory(path: Path) -> None:
    """The directory and those above it; UsageError when it cannot be made."""
    with name_file_in_errors(path):
        path.mkdir(parents=True, exist_ok=True)


def _replace(files: list[tuple[Path, Regular]]) -> None:
    done: list[Regular] = []
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


def _refuse_same(files: list[tuple[Path, Regular]]) -> None:
    seen: dict[Path, Path] = {}
    for file, regular in files:
        first = seen.setdefault(regular.file, file)
        if first is not file:
            raise UsageError(
                f"cannot write {file}: {first} is the same file, and is written too"
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


def _behind_links(file: Path) -> Path:
    """A link stays a link: what it leads to is written, or made, unless that is outside of the repository."""
    return Path(os.path.realpath(not_linked_outside(str(file))))


@contextmanager
def name_file_in_errors(file: Path) -> Iterator[None]:
    """What goes wrong with this file, in one line."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror or error}") from error
    except ValueError as error:  # a NUL, or what no file name can hold
        raise UsageError(f"cannot write {str(file)!r}: {error}") from error
