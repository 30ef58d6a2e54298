"""gpu-count-fractional."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.read.accelerators import is_device
from helm_llm.serving.spec.spec import ServingSpec


@rule("gpu-count-fractional", Severity.ERROR, Confidence.CERTAIN)
def gpu_count_fractional(serving: ServingSpec) -> Iterator[Problem]:
    """The number of GPUs or other devices is not a whole number.

    ## Why
    Kubernetes counts devices in whole numbers. The API server rejects the Deployment or
    StatefulSet with `must be an integer`. A part of a GPU has its own resource name: a
    MIG slice, a share from a scheduler such as HAMi or KAI, or a replica of a GPU that
    the device plugin shares.

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
    for path_of, amounts in (
        (given.limit, given.limits),
        (given.request, given.requests),
    ):
        for key, amount in _fractions(amounts):
            yield Problem(
                path_of(key),
                f"{key} is {amount}, but devices are counted in whole numbers",
                help="request 1, or request a slice or share by its own resource name",
            )


def _fractions(amounts: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, amount in amounts.items():
        if not is_device(key):
            continue
        number = quantity(amount)
        if number is not None and (number < 0 or number.denominator != 1):
            yield key, amount
