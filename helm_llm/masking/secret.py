"""A text that must not be shown."""

from __future__ import annotations

from typing import NamedTuple


class Secret(NamedTuple):
    """`certain`: the value of a key made for secrets; else it is one by the text around it, and has to be longer."""

    text: str
    certain: bool = True
