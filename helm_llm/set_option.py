"""`--set` and its variants as given on the command line.

`values/set_parser.py` parses them; `values/layers.py` applies them to the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

SetFlag: TypeAlias = Literal[
    "--set-json", "--set", "--set-string", "--set-file", "--set-literal"
]

FLAGS: tuple[SetFlag, ...] = get_args(SetFlag)
"""In the order in which Helm applies them, regardless of their order on the command line."""


@dataclass(frozen=True, slots=True)
class SetOption:
    """One flag with its expression: `--set a.b=1,c=2`."""

    flag: SetFlag
    text: str

    @classmethod
    def parse(cls, words: str) -> SetOption:
        """The option written as `--set a=b`; ValueError for any other flag."""
        flag, _, text = words.partition(" ")
        if flag not in FLAGS:
            raise ValueError(f"{flag} is not one of {', '.join(FLAGS)}")
        return cls(flag, text)

    def __str__(self) -> str:
        return f"{self.flag} {self.text}"
