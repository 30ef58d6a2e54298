"""One option of the engine's parser, as a flag table holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """`kind`: value, list (one word or more), optional (none or one), bool, true (a switch without negation), append.

    `choices` is what the parser enforces, `engine_choices` what the engine refuses later. `nullable`: the empty word
    and `None` are accepted whatever the type.
    """

    flags: tuple[str, ...]
    negative: tuple[str, ...] = ()
    kind: str = "value"
    type: str = "str"
    choices: tuple[str, ...] = ()
    engine_choices: tuple[str, ...] = ()
    nullable: bool = False

    @property
    def name(self) -> str:
        """The spelling that messages use."""
        return next(
            (flag for flag in self.flags if flag.startswith("--")), self.flags[0]
        )

    @property
    def is_switch(self) -> bool:
        return self.kind in ("bool", "true")

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Option:
        """From an entry of a flag table."""
        return cls(
            flags=tuple(entry["flags"]),
            negative=tuple(entry.get("negative", ())),
            kind=entry["kind"],
            type=entry.get("type", "str"),
            choices=tuple(entry.get("choices", ())),
            engine_choices=tuple(entry.get("engineChoices", ())),
            nullable=entry.get("nullable", False),
        )
