"""Names that reach other programs: what Helm and Kubernetes accept, checked before anything is started."""

from __future__ import annotations

import re

from helm_llm.errors import UsageError

RELEASE, RELEASE_LENGTH = (
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    53,
)
"""Helm's own pattern for a release."""
NAMESPACE, NAMESPACE_LENGTH = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", 63
"""A DNS label, RFC 1123."""


def release_name(text: str) -> str:
    """The text, if Helm accepts it as the name of a release; UsageError otherwise."""
    if not _is_name(text, RELEASE, RELEASE_LENGTH):
        allowed = f"a-z, 0-9, `-` and `.`, at most {RELEASE_LENGTH} characters"
        raise UsageError(f"{text!r} is not a release name: use {allowed}")
    return text


def namespace(text: str) -> str:
    """The text, if Kubernetes accepts it as the name of a namespace; UsageError otherwise."""
    if not _is_name(text, NAMESPACE, NAMESPACE_LENGTH):
        raise UsageError(
            f"{text!r} is not a namespace: use a-z, 0-9 and `-`, at most {NAMESPACE_LENGTH} characters"
        )
    return text


def _is_name(text: str, pattern: str, longest: int) -> bool:
    # The length comes first: the pattern takes time that grows with the square on a long run of dashes.
    return len(text) <= longest and re.fullmatch(pattern.strip("^$"), text) is not None
