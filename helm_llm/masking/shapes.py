"""Secrets that are recognized by their form, such as `hf_...`, wherever they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PEM = r"[A-Z ]{0,30}PRIVATE KEY-----"

SHAPES = (
    ("a Hugging Face token", re.compile(r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{16,}")),
    ("an NGC API key", re.compile(r"(?<![A-Za-z0-9])nvapi-[\w-]{16,}")),
    (
        "a GitHub token",
        re.compile(r"(?<![A-Za-z0-9])(?:gh[pousr]_\w{16,}|github_pat_\w{20,})"),
    ),
    (
        "a GitLab token",
        re.compile(r"(?<![A-Za-z0-9])gl(?:pat|ptt|rt|dt|cbt)-[\w-]{16,}"),
    ),
    (
        "an AWS access key",
        re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Z])"),
    ),
    ("a Slack token", re.compile(r"(?<![A-Za-z0-9])xox[abeprs]-[\w-]{10,}")),
    ("an API key", re.compile(r"(?<![A-Za-z0-9])sk-[\w-]{16,}")),
    ("a JSON Web Token", re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*")),
    (
        "a private key",
        re.compile(rf"-----BEGIN {_PEM}(?:(?!-----)[\s\S])*(?:-----END {_PEM})?"),
    ),
    (
        "the password of a URL",
        re.compile(r"://[^\s/?#@'\"<>:]{0,256}:(?P<secret>[^\s/?#'\"<>]{1,256})@"),
    ),
    ("the token of a URL", re.compile(r"://(?P<secret>[^\s/?#@'\"<>:]{20,256})@")),
)
"""Kind and form of each secret. `MARKS` has a part of each form."""

MARKS = (
    "hf_",
    "nvapi-",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "glptt-",
    "glrt-",
    "gldt-",
    "glcbt-",
    "AKIA",
    "ASIA",
    "xox",
    "sk-",
    "eyJ",
    "PRIVATE KEY",
    "@",
)
"""A text without any of these parts has no such secret; most texts stop here."""

_PLACEHOLDER = re.compile(
    r"^ENC\[|^[a-z0-9+]+://|^vault:|^\s*<.*>\s*$|\$\(\w+\)|\$\{?\w+\}?|change-?_?me|placeholder|example|your[-_]|xxx",
    re.IGNORECASE,
)
_PLACEHOLDER_TEXT = re.compile(
    r"\*+|\.{3}|…|<[^<>]*>|\$\(\w+\)|\$\{?\w+\}?|\{\{.*\}\}|ENC\[.*\]|(?:ref\+)?vault:.*|ref\+\w+://.*"
    r"|(?:change|replace)[-_ ]?me|(?:hf_|nvapi-|sk-)?x{3,}|your[-_ ][\w -]*|placeholder|VALUE|KEY",
    re.IGNORECASE,
)


def is_real(secret: str) -> bool:
    """Whether a secret looks random: it has eight different characters, and is not
    encrypted, a reference or a placeholder."""
    return len(set(secret)) >= 8 and not _PLACEHOLDER.search(secret)


def is_placeholder(text: str) -> bool:
    """Whether the whole text is a reference, encrypted or a placeholder.

    Reports may show such a text.
    """
    return bool(_PLACEHOLDER_TEXT.fullmatch(text.strip()))


def shape_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each part of a text that has the form of a secret."""
    if not any(mark in text for mark in MARKS):
        return
    for _, form in SHAPES:
        for match in form.finditer(text):
            start, end = span_of(match)
            if not is_placeholder(text[start:end]):
                yield start, end


def span_of(match: re.Match[str]) -> tuple[int, int]:
    """The part of a match that is secret."""
    if "secret" in match.re.groupindex:
        return match.span("secret")
    return match.span()
