"""Rules of the area manifests."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.manifests.number_in_scientific_notation import (
    number_in_scientific_notation,
)
from helm_llm.lint.rules.manifests.object_name_too_long import object_name_too_long
from helm_llm.lint.rules.manifests.reference_to_absent_object import (
    reference_to_absent_object,
)
from helm_llm.lint.rules.manifests.template_failed import template_failed

RULES: tuple[Rule[Any], ...] = (
    number_in_scientific_notation,
    object_name_too_long,
    reference_to_absent_object,
    template_failed,
)
