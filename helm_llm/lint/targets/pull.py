"""Charts of repositories and registries: `helm pull` into the cache."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from helm_llm.cache import cache_directory
from helm_llm.errors import ChartError
from helm_llm.lint.targets.target import Target
from helm_llm.process import SECONDS
from helm_llm.tools.helm import Helm, find_helm

_REMOTE = re.compile(r"(oci|https?)://.+")
_IN_REPOSITORY = re.compile(r"([\w.-]+)/[\w.-]+")
_EXACT = re.compile(r"v?\d+\.\d+\.\d+([-+][\w.+-]+)?")


def pull_charts(
    targets: Sequence[Target],
    version: str | None,
    *,
    offline: bool = False,
    seconds: float = SECONDS,
) -> Iterator[Target]:
    """The targets; those whose chart is elsewhere with the archive of it. ChartError says why there is none."""
    for target in targets:
        if is_remote(target.chart):
            if offline:
                raise ChartError(
                    f"there is no chart {target.chart} here, and --offline pulls none"
                )
            archive = pull_archive(
                find_helm(seconds), target.chart, version or target.version
            )
            yield replace(target, archive=str(archive))
        else:
            yield target


def is_remote(chart: str) -> bool:
    """Whether a reference is an address, or `repo/name` where no directory here has the first part's name."""
    named = _IN_REPOSITORY.fullmatch(chart)
    return bool(
        _REMOTE.fullmatch(chart)
        or (named and named[1] not in (".", "..") and not Path(named[1]).exists())
    )


@lru_cache(maxsize=64)
def pull_archive(helm: Helm, reference: str, version: str) -> Path:
    """The archive of a chart, pulled into the cache; ChartError if Helm cannot pull it.

    Only an exact version is taken from the cache: other references may have changed.
    """
    from hashlib import sha256  # most charts lie here

    place = (
        cache_directory()
        / "charts"
        / sha256(os.fsencode(f"{reference} {version}")).hexdigest()[:16]
    )
    known = next(place.glob("*.tgz"), None) if _EXACT.fullmatch(version) else None
    return known or _pull(helm, reference, version, place)


def _pull(helm: Helm, reference: str, version: str, place: Path) -> Path:
    from tempfile import TemporaryDirectory

    place.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=place) as scratch:
        completed = helm.pull(reference, version, scratch)
        archive = next(Path(scratch).glob("*.tgz"), None)
        if completed.code or archive is None:
            reason = (completed.stderr.strip().splitlines() or ["no archive came"])[
                -1
            ].removeprefix("Error: ")
            raise ChartError(
                f"there is no chart {reference} here, and helm cannot pull it: {reason}"
            )
        return archive.replace(place / archive.name)
