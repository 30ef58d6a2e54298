"""The volumes of a pod, and where the container of its engine mounts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.pod import Mount, Volume
from helm_llm.values.layers import Values


def mounts(values: Values, *path: str | int) -> tuple[Mount, ...] | None:
    """What the user mounts: a list as in the Kubernetes API, or a map from volume to mount."""
    entries = _entries(values, path)
    if entries is None or not all(
        isinstance(body.get("mountPath"), str) for _, body, _ in entries
    ):
        return None
    return tuple(
        Mount(name, bare(body["mountPath"]), (*entry, "mountPath"))
        for name, body, entry in entries
    )


def volumes(values: Values, *path: str | int) -> tuple[Volume, ...] | None:
    """The user's volumes: a list as in the Kubernetes API, or a map from name to source."""
    entries = _entries(values, path)
    return (
        None
        if entries is None
        else tuple(Volume(name, _kind(body), entry) for name, body, entry in entries)
    )


def bare(directory: str) -> str:
    """A directory as `Mount.at` names it."""
    return directory.rstrip("/")


def holder(directory: str, mounts: Iterable[Mount]) -> Mount | None:
    """The mount that a directory or file lies on: the nearest one at or above it."""
    above = [
        mount for mount in mounts if f"{bare(directory)}/".startswith(f"{mount.at}/")
    ]
    return max(above, key=lambda mount: len(mount.at), default=None)


def apart(directory: str, mounts: Iterable[Mount]) -> bool:
    """Whether no mount lies at, above or below a directory."""
    seen = tuple(mounts)
    return holder(directory, seen) is None and not any(
        mount.at.startswith(f"{bare(directory)}/") for mount in seen
    )


def _entries(
    values: Values, path: KeyPath
) -> list[tuple[str, dict[str, Any], KeyPath]] | None:
    """Name, body and path of each entry; None if one cannot be read."""
    given = values.get(*path, default=[])
    found = (
        list(_named(given, path))
        if isinstance(given, (dict, list))
        else [(None, given, path)]
    )
    readable = [
        (name, body, entry)
        for name, body, entry in found
        if isinstance(name, str) and isinstance(body, dict)
    ]
    return readable if len(readable) == len(found) else None


def _named(
    given: dict[str, Any] | list[Any], path: KeyPath
) -> Iterator[tuple[Any, Any, KeyPath]]:
    if isinstance(given, dict):
        yield from ((name, body, (*path, name)) for name, body in given.items())
    else:
        for index, body in enumerate(given):
            yield (
                body.get("name") if isinstance(body, dict) else None,
                body,
                (*path, index),
            )


def _kind(body: dict[str, Any]) -> str:
    """The API makes an emptyDir of a volume without a source."""
    return next(
        (key for key, source in body.items() if key != "name" and source is not None),
        "emptyDir",
    )
