"""Rules of the area service."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.service.engine_port_differs_from_target import (
    engine_port_differs_from_target,
)
from helm_llm.lint.rules.service.ingress_rule_incomplete import ingress_rule_incomplete

RULES: tuple[Rule[Any], ...] = (
    engine_port_differs_from_target,
    ingress_rule_incomplete,
)
