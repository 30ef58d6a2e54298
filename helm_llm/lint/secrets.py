"""Secrets in values, as the rules see them."""

from __future__ import annotations

from collections.abc import Mapping

from helm_llm.keypath import KeyPath
from helm_llm.masking.names import is_secret_path
from helm_llm.masking.shapes import MARKS, SHAPES, is_real, span_of
from helm_llm.serving import CHARTS

__all__ = ["MARKS", "SECRET_KEYS", "holds_secret", "is_real", "secret_kind"]

SECRET_KEYS: Mapping[KeyPath, str] = {
    path: advice for chart in CHARTS.values() for path, advice in chart.secrets.items()
}
"""Keys of our charts that accept a secret in plain text, and what to use instead."""


def holds_secret(path: KeyPath) -> bool:
    """Whether the value at this path must never be shown."""
    return is_secret_path(path)


def secret_kind(text: str) -> str | None:
    """The kind of secret in a text; None for ordinary text and stand-ins such as `hf_xxxxxxxx`."""
    # Most texts have none of the marks, and a search for them is quick.
    if not any(mark in text for mark in MARKS):
        return None
    for kind, form in SHAPES:
        match = form.search(text)
        if match is None:
            continue
        start, end = span_of(match)
        if is_real(text[start:end]):
            return kind
    return None
