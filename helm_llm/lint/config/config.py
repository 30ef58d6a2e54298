"""A project's decisions about its lint runs: the content of .helm-llm.yaml."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from helm_llm.errors import UsageError
from helm_llm.facts import NO_FACTS, Facts
from helm_llm.keypath import KeyPath
from helm_llm.lint.targets.target import Target

NAME = ".helm-llm.yaml"

SeverityName: TypeAlias = Literal["error", "warning", "info"]
FailOn: TypeAlias = SeverityName | Literal["never"]


def no_place(_: KeyPath) -> str:
    """The place of settings that are in no file."""
    return ""


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration; its paths are relative to the working directory."""

    targets: tuple[Target, ...] = ()
    facts: Facts = NO_FACTS
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, SeverityName] = field(default_factory=dict)
    fail_on: FailOn | None = None
    baseline: str | None = None
    place: Callable[[KeyPath], str] = no_place
    """The place of a path's value or key, as the start of a message: `.helm-llm.yaml:3:5: `."""


def find_config() -> str | None:
    """The configuration in the working directory or above, up to the root of the repository."""
    try:
        here = Path.cwd()
    except FileNotFoundError:
        raise UsageError(
            "the working directory does not exist any more: change to another one"
        ) from None
    for directory in (here, *here.parents):
        if (directory / NAME).is_file():
            return os.path.relpath(directory / NAME)
        if (directory / ".git").exists():
            return None
    return None
