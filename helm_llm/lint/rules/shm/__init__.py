"""Rules of the area shm."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.shm.shared_memory_absent import shared_memory_absent

RULES: tuple[Rule[Any], ...] = (shared_memory_absent,)
