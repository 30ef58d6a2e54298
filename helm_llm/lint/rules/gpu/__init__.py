"""Rules of the area gpu."""

from typing import Any

from helm_llm.lint.rule import Rule
from helm_llm.lint.rules.gpu.accelerator_differs_from_image import (
    accelerator_differs_from_image,
)
from helm_llm.lint.rules.gpu.device_list_shorter_than_ranks import (
    device_list_shorter_than_ranks,
)
from helm_llm.lint.rules.gpu.gpu_absent import gpu_absent
from helm_llm.lint.rules.gpu.gpu_count_fractional import gpu_count_fractional
from helm_llm.lint.rules.gpu.gpu_key_split_by_dots import gpu_key_split_by_dots
from helm_llm.lint.rules.gpu.gpu_request_differs_from_limit import (
    gpu_request_differs_from_limit,
)
from helm_llm.lint.rules.gpu.gpu_request_without_limit import gpu_request_without_limit
from helm_llm.lint.rules.gpu.gpu_toleration_lost import gpu_toleration_lost
from helm_llm.lint.rules.gpu.gpus_idle import gpus_idle
from helm_llm.lint.rules.gpu.memory_request_exceeds_limit import (
    memory_request_exceeds_limit,
)
from helm_llm.lint.rules.gpu.several_accelerator_families import (
    several_accelerator_families,
)
from helm_llm.lint.rules.gpu.tensor_parallel_exceeds_gpus import (
    tensor_parallel_exceeds_gpus,
)
from helm_llm.lint.rules.gpu.weights_exceed_gpu_memory import weights_exceed_gpu_memory

RULES: tuple[Rule[Any], ...] = (
    accelerator_differs_from_image,
    device_list_shorter_than_ranks,
    gpu_absent,
    gpu_count_fractional,
    gpu_key_split_by_dots,
    gpu_request_differs_from_limit,
    gpu_request_without_limit,
    gpu_toleration_lost,
    gpus_idle,
    memory_request_exceeds_limit,
    several_accelerator_families,
    tensor_parallel_exceeds_gpus,
    weights_exceed_gpu_memory,
)
