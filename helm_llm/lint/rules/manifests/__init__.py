"""Rules of the area manifests."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.manifests.number_in_scientific_notation import number_in_scientific_notation
from helm_llm.lint.rules.manifests.template_failed import template_failed

RULES: tuple[Rule[Any], ...] = (
    number_in_scientific_notation,
    template_failed,
)
