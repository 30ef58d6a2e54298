"""A text that must not be shown."""

from __future__ import annotations

from typing import NamedTuple


class Secret(NamedTuple):
    """A secret text.

    `certain`: it is the value of a secret key. Otherwise the text around it suggests
    that it is secret, and it must be longer to be masked.
    """

    text: str
    certain: bool = True
