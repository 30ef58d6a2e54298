"""The rule table: every rule there is, by area and id."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.housekeeping.suppression_unused import suppression_unused

RULES: tuple[Rule[Any], ...] = (
    suppression_unused,
)
