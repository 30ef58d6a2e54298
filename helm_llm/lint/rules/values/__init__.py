"""Rules of the area values."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.values.alias_values_differ import alias_values_differ
from helm_llm.lint.rules.values.repeated_key import repeated_key
from helm_llm.lint.rules.values.schema import schema
from helm_llm.lint.rules.values.second_document import second_document
from helm_llm.lint.rules.values.setting_without_effect import setting_without_effect
from helm_llm.lint.rules.values.text_altered_by_yaml import text_altered_by_yaml
from helm_llm.lint.rules.values.unknown_key import unknown_key
from helm_llm.lint.rules.values.yaml_syntax import yaml_syntax

RULES: tuple[Rule[Any], ...] = (
    alias_values_differ,
    repeated_key,
    schema,
    second_document,
    setting_without_effect,
    text_altered_by_yaml,
    unknown_key,
    yaml_syntax,
)
