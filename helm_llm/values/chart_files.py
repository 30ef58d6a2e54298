"""The files of a chart, in a directory or in an archive. Nothing is unpacked to disk."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from helm_llm import inputs
from helm_llm.checkout import not_linked_outside
from helm_llm.errors import ChartError, UsageError

MAX_ARCHIVE, MAX_FILE = 100 * 1024 * 1024, 5 * 1024 * 1024
"""Helm's limits for a chart and for one of its files, unpacked, in bytes."""

_NEEDED = {"Chart.yaml", "values.yaml", "values.schema.json", "requirements.yaml"}


class Files(Protocol):
    """The files of one chart, by their paths in it."""

    def read_file(self, name: str) -> bytes | None:
        """Content of a file, None if the chart lacks it."""

    def names(self, folder: str) -> list[str]:
        """Sorted names of what a folder contains."""

    def subfolder(self, folder: str) -> Files:
        """The files of a folder, for a chart in this chart."""


class Folder(NamedTuple):
    """A chart's directory."""

    path: Path

    def read_file(self, name: str) -> bytes | None:
        """Content of a file; ChartError if it is too large or cannot be read."""
        path = self.path / name
        try:
            if path.is_dir() or not os.path.lexists(path):
                return None
        except OSError as error:
            raise ChartError(
                f"cannot read the chart file {path}: {error.strerror}"
            ) from None
        file = Path(not_linked_outside(str(path)))
        return read_bytes(file, "the chart file", MAX_FILE)

    def names(self, folder: str) -> list[str]:
        """Sorted names of what a folder contains."""
        path = self.path / folder
        try:
            if not path.is_dir():
                return []
            return sorted(child.name for child in path.iterdir())
        except OSError as error:
            raise ChartError(f"cannot list {path}: {error.strerror}") from None

    def subfolder(self, folder: str) -> Files:
        """The files of a folder."""
        return Folder(self.path / folder)


class Archive(NamedTuple):
    """A packaged chart in memory."""

    files: Mapping[str, bytes]
    prefix: str = ""

    def read_file(self, name: str) -> bytes | None:
        """Content of a file."""
        return self.files.get(self.prefix + name)

    def names(self, folder: str) -> list[str]:
        """Sorted names of what a folder contains."""
        start = f"{self.prefix}{folder}/"
        names = set()
        for file in self.files:
            if not file.startswith(start):
                continue
            name, _, _ = file.removeprefix(start).partition("/")
            names.add(name)
        return sorted(names)

    def subfolder(self, folder: str) -> Files:
        """The files of a folder."""
        return Archive(self.files, f"{self.prefix}{folder}/")


def read_bytes(path: Path, what: str, limit: int) -> bytes:
    """Content of a file of a chart, or of its archive; ChartError if that fails."""
    try:
        return inputs.read_file(str(path), what, limit)
    except UsageError as error:
        raise ChartError(str(error)) from None


def unpack_archive(archive: bytes, reference: str) -> tuple[dict[str, bytes], int]:
    """The needed files of a .tgz by name, and the unpacked size of the whole archive.

    ChartError for a broken archive, and for one that Helm refuses.
    """
    import tarfile  # not needed for a directory, and slow to import

    files: dict[str, bytes] = {}
    try:
        content = _decompress(archive, reference)
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as members:
            for member in members:
                name = _path_in_chart(member.name, reference, member.isdir())
                if member.size > MAX_FILE:
                    raise ChartError(
                        f"{reference}: {member.name} is larger than 5 MiB, "
                        "so Helm refuses the chart"
                    )
                if not member.isfile():
                    continue
                if not _is_needed(name):
                    continue
                stream = members.extractfile(member)
                if stream:
                    files[name] = stream.read()
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        raise ChartError(f"{reference}: not a chart archive (.tgz): {error}") from None
    return files, len(content)


def _decompress(archive: bytes, reference: str) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(archive)) as stream:
        content = stream.read(MAX_ARCHIVE + 1)
    if len(content) > MAX_ARCHIVE:
        raise ChartError(
            f"{reference}: larger than 100 MiB when unpacked, so Helm refuses the chart"
        )
    return content


def _is_needed(name: str) -> bool:
    # A chart in charts/ is packed itself, or has the same files in a folder.
    if name.endswith(".tgz"):
        return True
    _, _, file = name.rpartition("/")
    return file in _NEEDED


def _path_in_chart(name: str, reference: str, is_folder: bool) -> str:
    # The first part of the path is the chart's name, which Helm ignores.
    parts = name.replace("\\", "/").split("/")
    first = parts[0]
    is_absolute = first == "" or ":" in first
    is_outside = len(parts) < 2 and not is_folder
    if is_absolute or ".." in parts or is_outside:
        raise ChartError(
            f"{reference}: the archive contains {name}, which is outside the chart"
        )
    return "/".join(part for part in parts[1:] if part not in ("", "."))
