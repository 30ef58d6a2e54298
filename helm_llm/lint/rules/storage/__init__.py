"""Rules of the area storage."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.storage.model_cache_not_persistent import model_cache_not_persistent
from helm_llm.lint.rules.storage.read_write_once_claim_shared import read_write_once_claim_shared
from helm_llm.lint.rules.storage.several_storage_backends import several_storage_backends

RULES: tuple[Rule[Any], ...] = (
    model_cache_not_persistent,
    read_write_once_claim_shared,
    several_storage_backends,
)
