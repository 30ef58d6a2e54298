"""Secrets of a command line, which click quotes in its error messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helm_llm.masking.expression import secrets_of_option
from helm_llm.masking.names import is_secret_name
from helm_llm.masking.secret import Secret
from helm_llm.masking.tree import secrets_of_text
from helm_llm.set_option import FLAGS, SetOption


def secrets_of_arguments(arguments: Sequence[str]) -> Iterator[Secret]:
    """Values of secret keys in `--set`, values of secret flags, and texts that look secret."""
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=False):
        flag, sign, value = argument.partition("=")
        if not sign:
            value = following
        if flag in FLAGS:
            yield from secrets_of_option(SetOption(flag, value))
        elif flag.startswith("-") and is_secret_name(flag):
            yield Secret(value)
        yield from secrets_of_text(argument)
