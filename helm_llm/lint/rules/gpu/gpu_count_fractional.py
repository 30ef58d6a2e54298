"""gpu-count-fractional."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.read.accelerators import is_device
from helm_llm.serving.spec.spec import ServingSpec


@rule("gpu-count-fractional", Severity.ERROR, Confidence.CERTAIN)
def gpu_count_fractional(serving: ServingSpec) -> Iterator[Problem]:
    """A pod asks for a part of a GPU, or of another device.

    ## Why
    Kubernetes counts devices. The API server refuses the Deployment or StatefulSet: `must be an integer`. A part
    of a GPU has a name of its own: a MIG slice, the share of a scheduler such as HAMi or KAI, or a replica of a GPU
    that the device plugin shares.

    ## Bad
    ```yaml
    # chart: vllm
    resources:
      limits:
        nvidia.com/gpu: 0.5
    ```

    ## Good
    ```yaml
    # chart: vllm
    resources:
      limits:
        nvidia.com/mig-3g.40gb: 1
    ```
    """
    given = serving.resources
    for path, amounts in ((given.limit, given.limits), (given.request, given.requests)):
        for key, amount in _not_whole(amounts):
            message = f"{key} is {amount}: devices are counted in whole numbers"
            yield Problem(
                path(key),
                message,
                help="ask for 1, or for a slice or share by its own resource name",
            )


def _not_whole(amounts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, amount in amounts.items():
        number = quantity(amount) if is_device(key) else None
        if number is not None and (number < 0 or number.denominator != 1):
            yield key, amount
