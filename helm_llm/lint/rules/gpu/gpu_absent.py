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
    """The image is built for GPUs, but the pod does not request one.

    ## Why
    The scheduler may place the pod on any node, and without a GPU the engine stops with
    `Failed to infer device type`. Where NVIDIA's runtime is the default, the pod
    instead sees every GPU of its node, including those of other pods.

    Nothing is reported for a cluster with a single node, or when you set a RuntimeClass
    or a scheduler: such a pod may get its GPU in another way.

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
    image, resources = serving.pod.engine, serving.resources
    if image is None or _may_be_intended(serving):
        return
    built = flavour(image)
    if built not in USUAL:
        return
    if any(_may_request(key, amount) for key, amount in resources.limits.items()):
        return
    path = _path_to_change(serving)
    limit = serving.dotted(resources.limit(USUAL[built]))
    yield Problem(
        path,
        f"{image} is a {built} build, but the pod does not request a GPU",
        related=(Related(image.repository.path, "the image is set here"),),
        help=f"set a limit, for example {limit}=1",
        at_key=path == resources.path,
    )


def _may_be_intended(serving: ServingSpec) -> bool:
    """Whether the pod may get a GPU without a limit."""
    if serving.resources.reservation or serving.facts.nodes == 1:
        return True
    placement = serving.pod.placement
    if placement is None:
        return False
    # Some schedulers assign a share of a GPU by an annotation of the pod.
    return bool(placement.runtime_class or placement.scheduler.value)


def _may_request(key: str, amount: object) -> bool:
    """Whether a limit is, or may be, a device."""
    # A mapping comes from a resource name that --set has split at its dots.
    if isinstance(amount, dict):
        return True
    if not is_device(key):
        return False
    number = quantity(amount)
    return number is None or number > 0


def _path_to_change(serving: ServingSpec) -> KeyPath:
    """A GPU limit that is 0 or that the user removed, else the resources."""
    resources = serving.resources
    defaults = lookup(serving.values.chart.defaults.tree, (*resources.path, "limits"))
    keys = list(resources.limits)
    if isinstance(defaults, dict):
        keys += defaults
    for key in keys:
        if is_accelerator(key):
            return resources.limit(key)
    return resources.path
