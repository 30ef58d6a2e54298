"""gpu-absent."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import KeyPath, lookup
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.derived.image_build import USUAL, flavour
from helm_llm.serving.read.accelerators import is_accelerator, is_device
from helm_llm.serving.spec.spec import ServingSpec


@rule("gpu-absent", Severity.WARNING, Confidence.LIKELY)
def gpu_absent(serving: ServingSpec) -> Iterator[Problem]:
    """An engine built for GPUs asks for none.

    ## Why
    The scheduler puts the pod on any node, and the engine stops: `Failed to infer device type`. Where NVIDIA's runtime
    is the default one, the pod sees every GPU of its node instead, those of other pods too. With a single node, a
    RuntimeClass or a scheduler of your own choice, that may be what you want: the rule then says nothing.

    ## Bad
    ```yaml
    # chart: vllm
    resources:
      limits:
        memory: 64Gi
    ```

    ## Good
    ```yaml
    # chart: vllm
    resources:
      limits:
        memory: 64Gi
        nvidia.com/gpu: 1
    ```
    """
    image, given, placement = (
        serving.pod.engine,
        serving.resources,
        serving.pod.placement,
    )
    built = flavour(image) if image else None
    asked = given.reservation or any(
        _asks(key, amount) for key, amount in given.limits.items()
    )
    # A scheduler of its own may give the pod a share that only an annotation asks for.
    deliberate = serving.facts.nodes == 1 or (
        placement and (placement.runtime_class or placement.scheduler.value)
    )
    if image and built in USUAL and not asked and not deliberate:
        path = _place(serving)
        yield Problem(
            path,
            f"no GPU is asked for, and {image} is a {built} build",
            related=(Related(image.repository.path, "the image is named here"),),
            help=f"set a limit such as {serving.dotted(given.limit(USUAL[built]))}=1",
            at_key=path == given.path,
        )


def _asks(key: str, amount: object) -> bool:
    """Whether a device may be asked for: an amount above 0 or unknown, or a name that was split at its dots."""
    number = quantity(amount) if is_device(key) else 0
    return isinstance(amount, dict) or number is None or number > 0


def _place(serving: ServingSpec) -> KeyPath:
    """The limit that is 0 or was removed, else the resources."""
    given = serving.resources
    defaults = lookup(serving.values.chart.defaults.tree, (*given.path, "limits"))
    keys = [*given.limits, *(defaults if isinstance(defaults, dict) else ())]
    return next((given.limit(key) for key in keys if is_accelerator(key)), given.path)
