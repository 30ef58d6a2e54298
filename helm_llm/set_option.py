"""A `--set` option and its siblings, as given."""

from dataclasses import dataclass

FLAGS = ("--set-json", "--set", "--set-string", "--set-file", "--set-literal")
"""In the order in which Helm applies them, whatever their order on the command line."""


@dataclass(frozen=True, slots=True)
class SetOption:
    """One flag with its expression: `--set a.b=1,c=2`."""

    flag: str
    text: str

    def __str__(self) -> str:
        return f"{self.flag} {self.text}"
