"""Rules of the area env."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.env.engine_variable_unknown import engine_variable_unknown
from helm_llm.lint.rules.env.secret_in_plain_values import secret_in_plain_values

RULES: tuple[Rule[Any], ...] = (
    engine_variable_unknown,
    secret_in_plain_values,
)
