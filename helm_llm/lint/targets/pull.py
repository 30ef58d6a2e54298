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

_ADDRESS = re.compile(r"(oci|https?)://.+")
_IN_REPOSITORY = re.compile(r"([\w.-]+)/[\w.-]+")
_EXACT = re.compile(r"v?\d+\.\d+\.\d+([-+][\w.+-]+)?")


def pull_charts(
    targets: Sequence[Target],
    version: str | None,
    *,
    offline: bool = False,
    seconds: float = SECONDS,
) -> Iterator[Target]:
    """The targets, those with a remote chart with its archive; ChartError if Helm cannot pull it."""
    for target in targets:
        if not is_remote(target.chart):
            yield target
            continue
        if offline:
            raise ChartError(
                f"there is no local chart {target.chart}, and --offline does not pull charts"
            )
        helm = find_helm(seconds)
        archive = pull_archive(helm, target.chart, version or target.version)
        yield replace(target, archive=str(archive))


def is_remote(chart: str) -> bool:
    """Whether a reference is an address, or `repo/name` without a local directory `repo`."""
    if _ADDRESS.fullmatch(chart):
        return True
    match = _IN_REPOSITORY.fullmatch(chart)
    if match is None or match[1] in (".", ".."):
        return False
    return not Path(match[1]).exists()


@lru_cache(maxsize=64)
def pull_archive(helm: Helm, reference: str, version: str) -> Path:
    """The archive of a chart, pulled into the cache; ChartError if Helm cannot pull it.

    Only an exact version is taken from the cache: other references may have changed.
    """
    from hashlib import sha256  # most charts are local

    key = sha256(os.fsencode(f"{reference} {version}")).hexdigest()[:16]
    directory = cache_directory() / "charts" / key
    if _EXACT.fullmatch(version):
        for archive in directory.glob("*.tgz"):
            return archive
    return _pull(helm, reference, version, directory)


def _pull(helm: Helm, reference: str, version: str, directory: Path) -> Path:
    from tempfile import TemporaryDirectory

    directory.mkdir(parents=True, exist_ok=True)
    # Moved into place as a whole: another run may look for the archive meanwhile.
    with TemporaryDirectory(dir=directory) as scratch:
        completed = helm.pull(reference, version, scratch)
        archive = next(Path(scratch).glob("*.tgz"), None)
        if completed.code or archive is None:
            lines = completed.stderr.strip().splitlines() or ["no archive was pulled"]
            reason = lines[-1].removeprefix("Error: ")
            raise ChartError(
                f"there is no local chart {reference}, and Helm cannot pull it: {reason}"
            )
        return archive.replace(directory / archive.name)
