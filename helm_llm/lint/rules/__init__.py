"""The rule table: every rule there is, by area and id."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.env.secret_in_plain_values import secret_in_plain_values
from helm_llm.lint.rules.housekeeping.placeholder_left_in import placeholder_left_in
from helm_llm.lint.rules.housekeeping.suppression_unused import suppression_unused
from helm_llm.lint.rules.manifests.number_in_scientific_notation import number_in_scientific_notation
from helm_llm.lint.rules.manifests.template_failed import template_failed
from helm_llm.lint.rules.values.repeated_key import repeated_key
from helm_llm.lint.rules.values.schema import schema
from helm_llm.lint.rules.values.second_document import second_document
from helm_llm.lint.rules.values.setting_without_effect import setting_without_effect
from helm_llm.lint.rules.values.text_altered_by_yaml import text_altered_by_yaml
from helm_llm.lint.rules.values.unknown_key import unknown_key
from helm_llm.lint.rules.values.yaml_syntax import yaml_syntax

RULES: tuple[Rule[Any], ...] = (
    secret_in_plain_values,
    placeholder_left_in,
    suppression_unused,
    number_in_scientific_notation,
    template_failed,
    repeated_key,
    schema,
    second_document,
    setting_without_effect,
    text_altered_by_yaml,
    unknown_key,
    yaml_syntax,
)
