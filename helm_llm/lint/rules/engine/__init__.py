"""Rules of the area engine."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.engine.attention_heads_not_divisible import (
    attention_heads_not_divisible,
)
from helm_llm.lint.rules.engine.context_exceeds_model import context_exceeds_model
from helm_llm.lint.rules.engine.engine_argument_glued import engine_argument_glued
from helm_llm.lint.rules.engine.engine_argument_removed import engine_argument_removed
from helm_llm.lint.rules.engine.engine_argument_repeated import engine_argument_repeated
from helm_llm.lint.rules.engine.engine_argument_unknown import engine_argument_unknown
from helm_llm.lint.rules.engine.engine_argument_value_rejected import (
    engine_argument_value_rejected,
)
from helm_llm.lint.rules.engine.engine_arguments_conflict import (
    engine_arguments_conflict,
)
from helm_llm.lint.rules.engine.gated_model_without_token import (
    gated_model_without_token,
)

RULES: tuple[Rule[Any], ...] = (
    attention_heads_not_divisible,
    context_exceeds_model,
    engine_argument_glued,
    engine_argument_removed,
    engine_argument_repeated,
    engine_argument_unknown,
    engine_argument_value_rejected,
    engine_arguments_conflict,
    gated_model_without_token,
)
