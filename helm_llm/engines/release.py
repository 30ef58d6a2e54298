"""Releases of vLLM."""

from __future__ import annotations

import re

Release = tuple[int, int, int]

# A release candidate lacks some flags of its release and still has some that the
# release removes, so no table describes it.
_TAG = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?!\d|rc|a\d|b\d|\.?dev)", re.ASCII)


def release(tag: str) -> Release | None:
    """The release that a tag of vllm/vllm-openai names; None for others, such as `nightly`."""
    match = _TAG.match(tag)
    if match is None:
        return None
    major, minor, patch = match.groups()
    return int(major), int(minor), int(patch)


def release_text(release: Release) -> str:
    """`(0, 33, 0)` -> `0.33.0`."""
    return ".".join(map(str, release))
