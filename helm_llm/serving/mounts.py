"""Which directories of a container the user's own volumes hold."""

from __future__ import annotations

from collections.abc import Sequence


def apart(directories: Sequence[str | None], mounts: Sequence[str]) -> bool:
    """Whether no mount lies at, above or below any of the directories; False when one of them is unknown."""
    if None in directories:
        return False
    return not any(
        f"{directory}/".startswith(f"{mount}/") or f"{mount}/".startswith(f"{(directory or '').rstrip('/')}/")
        for directory in directories
        for mount in mounts
    )
