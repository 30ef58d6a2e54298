"""Rules of the area security."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.security.pod_security_level_violated import pod_security_level_violated

RULES: tuple[Rule[Any], ...] = (pod_security_level_violated,)
