"""Secrets of the environment, which Helm, kubectl and templates may print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helm_llm.masking.names import is_secret_name
from helm_llm.masking.secret import Secret
from helm_llm.masking.tree import secrets_of_text


def secrets_of_environment(environment: Mapping[str, str]) -> Iterator[Secret]:
    """Values of variables with secret names, and passwords in the URLs of proxies.

    Paths are left out: `GOOGLE_APPLICATION_CREDENTIALS` names a file.
    """
    for name, value in environment.items():
        is_path = value.startswith(("/", "~", "./"))
        if is_secret_name(name) and not is_path:
            yield Secret(value, certain=False)
        if "://" in value:
            yield from secrets_of_text(value)
