"""Masking: keeps secrets and control characters out of everything the program prints.

Code that reads something which may contain secrets passes a function to `learn`. The
function is called only before the first text is shown, so a run that prints nothing
pays nothing. `mask` replaces each secret with `***`, in every encoding that a tool may
give it. `clean` also makes control characters visible.

Whoever prints or writes a text calls one of them first, before the text is escaped for
an output format.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_llm.masking.registry import Registry
    from helm_llm.masking.secret import Secret

Source = Callable[[], "Iterable[Secret]"]
Words = Callable[[], Iterable[str]]

_sources: list[Source] = []
_ordinary: list[Words] = []
_registry: Registry | None = None


def begin(arguments: Sequence[str]) -> None:
    """Start a run with this command line, and forget the secrets of the last run."""
    global _registry
    _registry = None
    _sources[:] = [lambda: _command_line_secrets(arguments), _environment_secrets]
    _ordinary.clear()


def learn(source: Source) -> None:
    """Add a source of secrets; it is called once, before the next text is shown."""
    _sources.append(source)


def learn_ordinary(words: Words) -> None:
    """Add a source of words that are never masked, not even as the value of a secret key."""
    _ordinary.append(words)


def known_secrets() -> Registry:
    """The registry of all secrets that are known by now."""
    global _registry
    if _registry is None:
        from helm_llm.masking.registry import Registry

        _registry = Registry()
    while _ordinary:
        words = _ordinary.pop()
        _registry.add_ordinary(words())
    while _sources:
        source = _sources.pop()
        _registry.add(source())
    return _registry


def mask(text: str) -> str:
    """The text with `***` in place of every secret."""
    return known_secrets().mask(text)


def clean(text: str) -> str:
    """The masked text with control characters made visible, except line breaks."""
    from helm_llm.masking.visible import escape_controls

    return escape_controls(mask(text))


def clean_line(text: str) -> str:
    """The masked text as one line, with line breaks made visible too."""
    from helm_llm.masking.visible import escape_controls_in_line

    return escape_controls_in_line(mask(text))


def _command_line_secrets(arguments: Sequence[str]) -> Iterable[Secret]:
    from helm_llm.masking.command_line import secrets_of_arguments

    return secrets_of_arguments(arguments)


def _environment_secrets() -> Iterable[Secret]:
    from helm_llm.masking.environment import secrets_of_environment

    return secrets_of_environment(os.environ)
