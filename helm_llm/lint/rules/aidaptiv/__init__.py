"""Rules of the area aidaptiv."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.aidaptiv.cache_resume_contradiction import (
    cache_resume_contradiction,
)
from helm_llm.lint.rules.aidaptiv.model_not_staged import model_not_staged
from helm_llm.lint.rules.aidaptiv.mount_without_privilege import mount_without_privilege
from helm_llm.lint.rules.aidaptiv.path_visible_only_in_init import (
    path_visible_only_in_init,
)
from helm_llm.lint.rules.aidaptiv.ssd_offload_without_device import (
    ssd_offload_without_device,
)
from helm_llm.lint.rules.aidaptiv.vgpu_scheduler_foreign import vgpu_scheduler_foreign

RULES: tuple[Rule[Any], ...] = (
    cache_resume_contradiction,
    model_not_staged,
    mount_without_privilege,
    path_visible_only_in_init,
    ssd_offload_without_device,
    vgpu_scheduler_foreign,
)
