"""Rules of the area storage."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.storage.cache_outside_volume import cache_outside_volume
from helm_llm.lint.rules.storage.existing_claim_shared import existing_claim_shared
from helm_llm.lint.rules.storage.host_path_node_unpinned import host_path_node_unpinned
from helm_llm.lint.rules.storage.model_cache_not_persistent import (
    model_cache_not_persistent,
)
from helm_llm.lint.rules.storage.mount_path_used_twice import mount_path_used_twice
from helm_llm.lint.rules.storage.path_without_mount import path_without_mount
from helm_llm.lint.rules.storage.read_write_once_claim_shared import (
    read_write_once_claim_shared,
)
from helm_llm.lint.rules.storage.several_storage_backends import (
    several_storage_backends,
)
from helm_llm.lint.rules.storage.volume_smaller_than_model import (
    volume_smaller_than_model,
)

RULES: tuple[Rule[Any], ...] = (
    cache_outside_volume,
    existing_claim_shared,
    host_path_node_unpinned,
    model_cache_not_persistent,
    mount_path_used_twice,
    path_without_mount,
    read_write_once_claim_shared,
    several_storage_backends,
    volume_smaller_than_model,
)
