"""gpu-toleration-lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from helm_llm.keypath import lookup
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read.accelerators import accelerators
from helm_llm.serving.spec.pod import Placement
from helm_llm.serving.spec.spec import ServingSpec

Toleration: TypeAlias = Mapping[str, object]


@rule("gpu-toleration-lost", Severity.WARNING, Confidence.LIKELY)
def gpu_toleration_lost(serving: ServingSpec) -> Iterator[Problem]:
    """The pod has no toleration for the taint of its GPU nodes.

    ## Why
    Many clusters taint their GPU nodes with the name of the GPU resource. A list in
    your values replaces the chart's whole list of tolerations, including the one for
    GPU nodes. Also, a toleration for one kind of GPU does not admit the pod to nodes
    with another kind. The pod stays Pending with
    `had untolerated taint {nvidia.com/gpu: }`.

    Nothing is reported on GKE, which adds the toleration itself, or when the list
    tolerates a taint with a custom name, which may be the one on your GPU nodes.

    ## Bad
    ```yaml
    # chart: nim-llm
    tolerations:
      - key: spot
        operator: Exists
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    tolerations:
      - key: spot
        operator: Exists
      - key: nvidia.com/gpu
        operator: Exists
    ```
    """
    placement = serving.pod.placement
    keys = tuple(accelerators(serving.resources))
    if placement is None or len(keys) != 1 or _is_on_gke(placement):
        return
    tolerations = placement.tolerations
    key = keys[0]
    if not tolerations.value or _admit(tolerations.value, key):
        return
    defaults = lookup(serving.values.chart.defaults.tree, tolerations.path)
    is_lost = isinstance(defaults, list) and _admit(defaults, key)
    if not is_lost and not _name_a_vendor(tolerations.value):
        return
    limit = serving.resources.limit(key)
    path = serving.chosen((tolerations.path, limit))
    at_list = path == tolerations.path
    other = tolerations.path
    if at_list:
        other = limit
    yield Problem(
        path,
        f"no toleration for {key}: the pod cannot run on nodes with this taint",
        related=(Related(other, "must match this value"),),
        help=f"add {{key: {key}, operator: Exists}}",
        at_key=at_list,
    )


def _admit(tolerations: Sequence[Toleration], accelerator: str) -> bool:
    """Whether one of the tolerations admits the pod to nodes with this accelerator."""
    return any(_admits(toleration, accelerator) for toleration in tolerations)


def _admits(toleration: Toleration, accelerator: str) -> bool:
    key = str(toleration.get("key") or "")
    # Without a key, a toleration matches every taint.
    if not key or _vendor(key) == _vendor(accelerator):
        return True
    if _vendor(key) in _VENDORS:
        return False
    # Any other taint may be the cluster's own name for its GPU nodes, unless it is one
    # of those that nodes without a GPU have as well.
    text = f"{key} {toleration.get('value')}".lower()
    return "gpu" in text or "accelerator" in text or not _ON_ANY_NODE.search(key)


def _is_on_gke(placement: Placement) -> bool:
    return any(
        str(label).startswith("cloud.google.com/")
        for label in placement.node_selector.value
    )


def _name_a_vendor(tolerations: Sequence[Toleration]) -> bool:
    return any(_vendor(str(each.get("key"))) in _VENDORS for each in tolerations)


def _vendor(key: str) -> str:
    """The domain of a resource or taint; HAMi's virtual GPUs are NVIDIA's."""
    domain = key.partition("/")[0]
    if domain == "otterscale.com":
        return "nvidia.com"
    return domain


_ON_ANY_NODE = re.compile(
    r"spot|preempt|scalesetpriority|capacity-type|arch|node(-role)?\.kubernetes\.io/"
)
_VENDORS = frozenset(
    {
        "nvidia.com",
        "amd.com",
        "habana.ai",
        "google.com",
        "gpu.intel.com",
        "intel.com",
        "aws.amazon.com",
    }
)
