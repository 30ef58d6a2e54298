"""The rule table: every rule there is, by area and id."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.engine.engine_argument_glued import engine_argument_glued
from helm_llm.lint.rules.engine.engine_argument_removed import engine_argument_removed
from helm_llm.lint.rules.engine.engine_argument_repeated import engine_argument_repeated
from helm_llm.lint.rules.engine.engine_argument_unknown import engine_argument_unknown
from helm_llm.lint.rules.engine.engine_argument_value_rejected import engine_argument_value_rejected
from helm_llm.lint.rules.engine.engine_arguments_conflict import engine_arguments_conflict
from helm_llm.lint.rules.env.engine_variable_unknown import engine_variable_unknown
from helm_llm.lint.rules.env.secret_in_plain_values import secret_in_plain_values
from helm_llm.lint.rules.gpu.gpu_key_split_by_dots import gpu_key_split_by_dots
from helm_llm.lint.rules.gpu.gpu_request_differs_from_limit import gpu_request_differs_from_limit
from helm_llm.lint.rules.gpu.gpu_request_without_limit import gpu_request_without_limit
from helm_llm.lint.rules.gpu.gpus_idle import gpus_idle
from helm_llm.lint.rules.gpu.several_accelerator_families import several_accelerator_families
from helm_llm.lint.rules.gpu.tensor_parallel_exceeds_gpus import tensor_parallel_exceeds_gpus
from helm_llm.lint.rules.housekeeping.placeholder_left_in import placeholder_left_in
from helm_llm.lint.rules.housekeeping.suppression_unused import suppression_unused
from helm_llm.lint.rules.manifests.number_in_scientific_notation import number_in_scientific_notation
from helm_llm.lint.rules.manifests.template_failed import template_failed
from helm_llm.lint.rules.multinode.gpus_per_node_differs_from_limit import gpus_per_node_differs_from_limit
from helm_llm.lint.rules.multinode.world_size_differs_from_nodes import world_size_differs_from_nodes
from helm_llm.lint.rules.probes.startup_budget_too_short import startup_budget_too_short
from helm_llm.lint.rules.shm.shared_memory_absent import shared_memory_absent
from helm_llm.lint.rules.storage.model_cache_not_persistent import model_cache_not_persistent
from helm_llm.lint.rules.storage.read_write_once_claim_shared import read_write_once_claim_shared
from helm_llm.lint.rules.storage.several_storage_backends import several_storage_backends
from helm_llm.lint.rules.values.repeated_key import repeated_key
from helm_llm.lint.rules.values.schema import schema
from helm_llm.lint.rules.values.second_document import second_document
from helm_llm.lint.rules.values.setting_without_effect import setting_without_effect
from helm_llm.lint.rules.values.text_altered_by_yaml import text_altered_by_yaml
from helm_llm.lint.rules.values.unknown_key import unknown_key
from helm_llm.lint.rules.values.yaml_syntax import yaml_syntax

RULES: tuple[Rule[Any], ...] = (
    engine_argument_glued,
    engine_argument_removed,
    engine_argument_repeated,
    engine_argument_unknown,
    engine_argument_value_rejected,
    engine_arguments_conflict,
    engine_variable_unknown,
    secret_in_plain_values,
    gpu_key_split_by_dots,
    gpu_request_differs_from_limit,
    gpu_request_without_limit,
    gpus_idle,
    several_accelerator_families,
    tensor_parallel_exceeds_gpus,
    placeholder_left_in,
    suppression_unused,
    number_in_scientific_notation,
    template_failed,
    gpus_per_node_differs_from_limit,
    world_size_differs_from_nodes,
    startup_budget_too_short,
    shared_memory_absent,
    model_cache_not_persistent,
    read_write_once_claim_shared,
    several_storage_backends,
    repeated_key,
    schema,
    second_document,
    setting_without_effect,
    text_altered_by_yaml,
    unknown_key,
    yaml_syntax,
)
