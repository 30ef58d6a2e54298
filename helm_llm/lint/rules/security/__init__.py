"""Rules of the area security."""

from typing import Any

from helm_llm.lint.rule import Rule

RULES: tuple[Rule[Any], ...] = ()
