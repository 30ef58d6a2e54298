"""Names that Helm and Kubernetes accept, checked before any program receives them."""

from __future__ import annotations

import re

from helm_llm.errors import UsageError

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
RELEASE, RELEASE_LENGTH = rf"^{_LABEL}(\.{_LABEL})*$", 53
"""Helm's own pattern for a release."""
NAMESPACE, NAMESPACE_LENGTH = f"^{_LABEL}$", 63
"""A DNS label, RFC 1123."""


def release_name(text: str) -> str:
    """Return the text if Helm accepts it as a release; raises UsageError otherwise."""
    if not _is_name(text, RELEASE, RELEASE_LENGTH):
        raise UsageError(
            f"{text!r} is not a release name: "
            f"use a-z, 0-9, `-` and `.`, at most {RELEASE_LENGTH} characters"
        )
    return text


def namespace(text: str) -> str:
    """Return the text if it is a valid namespace; raises UsageError otherwise."""
    if not _is_name(text, NAMESPACE, NAMESPACE_LENGTH):
        raise UsageError(
            f"{text!r} is not a namespace: "
            f"use a-z, 0-9 and `-`, at most {NAMESPACE_LENGTH} characters"
        )
    return text


def _is_name(text: str, pattern: str, max_length: int) -> bool:
    # Length first: on a long run of dashes the pattern takes quadratic time.
    if len(text) > max_length:
        return False
    return re.fullmatch(pattern.strip("^$"), text) is not None
