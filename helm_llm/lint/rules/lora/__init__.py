"""Rules of the area lora."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.lora.lora_download_incomplete import lora_download_incomplete
from helm_llm.lint.rules.lora.lora_modules_absent import lora_modules_absent
from helm_llm.lint.rules.lora.lora_rank_unsupported import lora_rank_unsupported

RULES: tuple[Rule[Any], ...] = (
    lora_download_incomplete,
    lora_modules_absent,
    lora_rank_unsupported,
)
