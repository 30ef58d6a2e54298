"""The secrets of a run, and how every text that leaves is cleaned of them and of control characters.

What may hold secrets is handed to `learn` as it is read; it is looked through when the first text is to be shown, so a
run with nothing to say pays nothing. `masked` replaces each secret by `***`, in every encoding a tool may give it;
`clean` also makes control characters visible. Whoever prints or writes a text calls one of them, before the text is
escaped for a format.
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
    """A new run with this command line: forget the last one's secrets."""
    global _registry
    _registry = None
    _sources[:] = [lambda: _of_command_line(arguments), _of_environment]
    _ordinary.clear()


def learn(source: Source) -> None:
    """There may be secrets here; it is asked once, before the next text is shown."""
    _sources.append(source)


def learn_ordinary(words: Words) -> None:
    """These words are never masked, whatever key holds them."""
    _ordinary.append(words)


def known_secrets() -> Registry:
    """All that is known by now."""
    global _registry
    if _registry is None:
        from helm_llm.masking.registry import Registry

        _registry = Registry()
    while _ordinary:
        _registry.add_ordinary(_ordinary.pop()())
    while _sources:
        _registry.add(_sources.pop()())
    return _registry


def mask(text: str) -> str:
    """The text with `***` for every secret."""
    return known_secrets().masked(text)


def clean(text: str) -> str:
    """Masked, with control characters visible; line ends stay."""
    from helm_llm.masking.visible import escape_controls

    return escape_controls(mask(text))


def clean_line(text: str) -> str:
    """The same as one line: line ends are visible too."""
    from helm_llm.masking.visible import escape_controls_in_line

    return escape_controls_in_line(mask(text))


def _of_command_line(arguments: Sequence[str]) -> Iterable[Secret]:
    from helm_llm.masking.command_line import secrets_of_arguments

    return secrets_of_arguments(arguments)


def _of_environment() -> Iterable[Secret]:
    from helm_llm.masking.environment import secrets_of_environment

    return secrets_of_environment(os.environ)
