"""Rules of the area kserve."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.kserve.model_path_argument_lost import model_path_argument_lost
from helm_llm.lint.rules.kserve.model_uri_malformed import model_uri_malformed
from helm_llm.lint.rules.kserve.multi_node_serverless import multi_node_serverless
from helm_llm.lint.rules.kserve.multi_node_source_unsupported import (
    multi_node_source_unsupported,
)
from helm_llm.lint.rules.kserve.s3_location_incomplete import s3_location_incomplete
from helm_llm.lint.rules.kserve.scale_metric_unsupported import scale_metric_unsupported
from helm_llm.lint.rules.kserve.template_braces_in_arguments import (
    template_braces_in_arguments,
)

RULES: tuple[Rule[Any], ...] = (
    model_path_argument_lost,
    model_uri_malformed,
    multi_node_serverless,
    multi_node_source_unsupported,
    s3_location_incomplete,
    scale_metric_unsupported,
    template_braces_in_arguments,
)
