"""What a secret looks like."""

import re
from collections.abc import Mapping

from helm_llm.keypath import KeyPath

SECRET_KEYS: Mapping[KeyPath, str] = {
    ("apiKey", "value"): "make a Secret of it and name it in apiKey.existingSecret",
    ("huggingfaceToken", "value"): "make a Secret of it and name it in huggingfaceToken.existingSecret",
    ("model", "ngcAPIKey"): "make a Secret of it, name it in model.ngcAPISecret and leave this empty",
}
"""Keys that take a literal secret, and what to use instead."""


def holds_secret(path: KeyPath) -> bool:
    """Whether what stands here must never be shown."""
    return path[-2:] in SECRET_KEYS


_KINDS = (
    ("a Hugging Face token", re.compile(r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}")),
    ("an NGC API key", re.compile(r"(?<![A-Za-z0-9])nvapi-[\w-]{20,}")),
    ("a GitHub token", re.compile(r"(?<![A-Za-z0-9])gh[pousr]_\w{30,}")),
    ("an AWS access key", re.compile(r"(?<![A-Za-z0-9])AKIA[0-9A-Z]{16}(?![0-9A-Z])")),
    ("an API key", re.compile(r"(?<![A-Za-z0-9])sk-[\w-]{20,}")),
)

MARKS = ("hf_", "nvapi-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "AKIA", "sk-")
"""Without one of these a text holds no secret that is known by its form."""

_PLACEHOLDER = re.compile(
    r"^ENC\[|^[a-z0-9+]+://|^vault:|^\s*<.*>\s*$|\$\(\w+\)|\$\{?\w+\}?|change-?_?me|placeholder|example|your[-_]|xxx",
    re.IGNORECASE,
)


def secret_kind(text: str) -> str | None:
    """What a text holds in clear, None for ordinary text and for stand-ins such as `hf_xxxxxxxx`."""
    if not any(mark in text for mark in MARKS):
        return None
    for kind, form in _KINDS:
        match = form.search(text)
        if match and is_real(match[0]):
            return kind
    return None


def is_real(secret: str) -> bool:
    """Whether a secret looks random: no ciphertext, reference or placeholder, at least eight different characters."""
    return len(set(secret)) >= 8 and not _PLACEHOLDER.search(secret)
