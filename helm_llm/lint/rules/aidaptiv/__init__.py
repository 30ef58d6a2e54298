"""Rules of the area aidaptiv."""

from typing import Any

from helm_llm.lint.rule import Rule

RULES: tuple[Rule[Any], ...] = ()
