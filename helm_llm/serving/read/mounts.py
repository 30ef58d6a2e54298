"""The volumes of a pod, and where the container of its engine mounts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from helm_llm.keypath import Key, KeyPath
from helm_llm.serving.spec.pod import Mount, Volume
from helm_llm.serving.spec.source import Source

Entry = tuple[str, Mapping[str, Any], KeyPath]
"""Name, body and path of a volume or mount."""


def mounts(values: Source, *path: Key) -> tuple[Mount, ...] | None:
    """The user's mounts; None if one cannot be read.

    They are a list as in the Kubernetes API, or a map from volume to mount.
    """
    entries = _entries(values, path)
    if entries is None:
        return None
    found: list[Mount] = []
    for name, body, entry in entries:
        directory = body.get("mountPath")
        if not isinstance(directory, str):
            return None
        directory_path = (*entry, "mountPath")
        found.append(Mount(name, bare(directory), directory_path))
    return tuple(found)


def volumes(values: Source, *path: Key) -> tuple[Volume, ...] | None:
    """The user's volumes; None if one cannot be read.

    They are a list as in the Kubernetes API, or a map from name to source.
    """
    entries = _entries(values, path)
    if entries is None:
        return None
    found: list[Volume] = []
    for name, body, entry in entries:
        found.append(Volume(name, _kind(body), entry))
    return tuple(found)


def bare(directory: str) -> str:
    """A directory in the form of `Mount.at`."""
    return directory.rstrip("/")


def holder(directory: str, mounts: Iterable[Mount]) -> Mount | None:
    """The mount that contains a directory or file: the nearest one at or above it."""
    nearest: Mount | None = None
    # With the slash, a mount at /data does not contain /database.
    below = f"{bare(directory)}/"
    for mount in mounts:
        if not below.startswith(f"{mount.at}/"):
            continue
        if nearest is None or len(mount.at) > len(nearest.at):
            nearest = mount
    return nearest


def apart(directory: str, mounts: Iterable[Mount]) -> bool:
    """Whether no mount is at, above or below a directory."""
    seen = tuple(mounts)
    if holder(directory, seen):
        return False
    above = f"{bare(directory)}/"
    return not any(mount.at.startswith(above) for mount in seen)


def _entries(values: Source, path: KeyPath) -> list[Entry] | None:
    given = values.get(*path, default=[])
    if not isinstance(given, (dict, list)):
        return None
    readable: list[Entry] = []
    for name, body, entry in _items(given, path):
        if not isinstance(name, str):
            return None
        if not isinstance(body, dict):
            return None
        readable.append((name, body, entry))
    return readable


def _items(
    given: dict[str, Any] | list[Any], path: KeyPath
) -> Iterator[tuple[object, object, KeyPath]]:
    if isinstance(given, dict):
        for key, body in given.items():
            yield key, body, (*path, key)
        return
    for index, body in enumerate(given):
        name = None
        if isinstance(body, dict):
            name = body.get("name")
        yield name, body, (*path, index)


def _kind(body: Mapping[str, object]) -> str:
    for key, source in body.items():
        if key == "name":
            continue
        if source is not None:
            return key
    # The API server turns a volume without a source into an emptyDir.
    return "emptyDir"
