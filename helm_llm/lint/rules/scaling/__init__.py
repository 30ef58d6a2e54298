"""Rules of the area scaling."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.scaling.cpu_target_without_request import (
    cpu_target_without_request,
)
from helm_llm.lint.rules.scaling.min_replicas_exceed_max import min_replicas_exceed_max
from helm_llm.lint.rules.scaling.rollout_needs_spare_gpu import rollout_needs_spare_gpu
from helm_llm.lint.rules.scaling.update_strategy_rejected import (
    update_strategy_rejected,
)

RULES: tuple[Rule[Any], ...] = (
    cpu_target_without_request,
    min_replicas_exceed_max,
    rollout_needs_spare_gpu,
    update_strategy_rejected,
)
