"""Rules of the area shm."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.shm.shared_memory_absent import shared_memory_absent
from helm_llm.lint.rules.shm.shared_memory_exceeds_memory_limit import (
    shared_memory_exceeds_memory_limit,
)
from helm_llm.lint.rules.shm.shared_memory_too_small import shared_memory_too_small

RULES: tuple[Rule[Any], ...] = (
    shared_memory_absent,
    shared_memory_exceeds_memory_limit,
    shared_memory_too_small,
)
