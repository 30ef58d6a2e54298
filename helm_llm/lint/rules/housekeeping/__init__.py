"""Rules of the area housekeeping."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.housekeeping.placeholder_left_in import placeholder_left_in
from helm_llm.lint.rules.housekeeping.suppression_unused import suppression_unused

RULES: tuple[Rule[Any], ...] = (
    placeholder_left_in,
    suppression_unused,
)
