"""Rules of the area env."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.env.engine_variable_unknown import engine_variable_unknown
from helm_llm.lint.rules.env.env_name_repeated import env_name_repeated
from helm_llm.lint.rules.env.secret_in_plain_values import secret_in_plain_values
from helm_llm.lint.rules.env.service_link_collision import service_link_collision

RULES: tuple[Rule[Any], ...] = (
    engine_variable_unknown,
    env_name_repeated,
    secret_in_plain_values,
    service_link_collision,
)
