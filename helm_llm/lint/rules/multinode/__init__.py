"""Rules of the area multinode."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.multinode.gpus_per_node_differs_from_limit import (
    gpus_per_node_differs_from_limit,
)
from helm_llm.lint.rules.multinode.multi_node_autoscaled import multi_node_autoscaled
from helm_llm.lint.rules.multinode.multi_node_with_one_node import (
    multi_node_with_one_node,
)
from helm_llm.lint.rules.multinode.tensor_parallel_differs_from_node_gpus import (
    tensor_parallel_differs_from_node_gpus,
)
from helm_llm.lint.rules.multinode.world_size_differs_from_nodes import (
    world_size_differs_from_nodes,
)

RULES: tuple[Rule[Any], ...] = (
    gpus_per_node_differs_from_limit,
    multi_node_autoscaled,
    multi_node_with_one_node,
    tensor_parallel_differs_from_node_gpus,
    world_size_differs_from_nodes,
)
