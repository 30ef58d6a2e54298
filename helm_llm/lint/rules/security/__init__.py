"""Rules of the area security."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.security.endpoint_without_authentication import (
    endpoint_without_authentication,
)
from helm_llm.lint.rules.security.home_not_writable import home_not_writable
from helm_llm.lint.rules.security.pod_security_level_violated import (
    pod_security_level_violated,
)
from helm_llm.lint.rules.security.privileged_container import privileged_container
from helm_llm.lint.rules.security.unsafe_engine_switch import unsafe_engine_switch

RULES: tuple[Rule[Any], ...] = (
    endpoint_without_authentication,
    home_not_writable,
    pod_security_level_violated,
    privileged_container,
    unsafe_engine_switch,
)
