"""Rules of the area lora."""

from typing import Any

from helm_llm.lint.rule import Rule

RULES: tuple[Rule[Any], ...] = ()
