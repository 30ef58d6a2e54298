"""One option of the engine's parser, as a flag table has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["value", "list", "optional", "bool", "true", "append"]
"""How many words a flag takes: one, one or more, none or one, or none.

`true` is a switch without a negation. `append` takes one word and may be repeated.
"""


@dataclass(frozen=True, slots=True)
class Flag:
    """An option of `vllm serve`: its spellings, and the values it takes."""

    flags: tuple[str, ...]
    negative: tuple[str, ...] = ()
    kind: Kind = "value"
    type: str = "str"
    choices: tuple[str, ...] = ()
    """The values that the parser accepts."""
    engine_choices: tuple[str, ...] = ()
    """The values that the engine accepts later, when it starts."""
    nullable: bool = False
    """The empty word and `None` are accepted for every type."""

    @property
    def name(self) -> str:
        """The spelling that messages use."""
        for flag in self.flags:
            if flag.startswith("--"):
                return flag
        return self.flags[0]

    @property
    def is_switch(self) -> bool:
        return self.kind in ("bool", "true")

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> Flag:
        """Read an entry of a flag table."""
        return cls(
            flags=tuple(entry["flags"]),
            negative=tuple(entry.get("negative", ())),
            kind=entry["kind"],
            type=entry.get("type", "str"),
            choices=tuple(entry.get("choices", ())),
            engine_choices=tuple(entry.get("engineChoices", ())),
            nullable=entry.get("nullable", False),
        )
