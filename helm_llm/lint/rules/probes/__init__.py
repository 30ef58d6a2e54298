"""Rules of the area probes."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.probes.startup_budget_too_short import startup_budget_too_short

RULES: tuple[Rule[Any], ...] = (startup_budget_too_short,)
