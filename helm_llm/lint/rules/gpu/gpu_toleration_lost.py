"""gpu-toleration-lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from helm_llm.keypath import lookup
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read.accelerators import accelerators
from helm_llm.serving.spec.pod import Placement
from helm_llm.serving.spec.spec import ServingSpec


@rule("gpu-toleration-lost", Severity.WARNING, Confidence.LIKELY)
def gpu_toleration_lost(serving: ServingSpec) -> Iterator[Problem]:
    """The toleration for GPU nodes went with the list that you replaced.

    ## Why
    Many clusters taint their GPU nodes with the name of the resource. A list in your values replaces the one of the
    chart, and a chart's toleration for one kind of GPU does not admit the pod to nodes of another. The pod stays
    Pending: `had untolerated taint {nvidia.com/gpu: }`.

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
    placement, keys = serving.pod.placement, tuple(accelerators(serving.resources))
    tolerations = placement.tolerations if placement else None
    if (
        tolerations
        and tolerations.value
        and len(keys) == 1
        and not _admitted(tolerations.value, keys[0])
    ):
        limit = serving.resources.limit(keys[0])
        defaults = lookup(serving.values.chart.defaults.tree, tolerations.path)
        lost = isinstance(defaults, list) and _admitted(defaults, keys[0])
        if (
            (lost or _admits_another(tolerations.value))
            and placement
            and not _on_gke(placement)
        ):
            primary = serving.chosen((tolerations.path, limit))
            yield Problem(
                primary,
                f"no toleration for {keys[0]}",
                related=(
                    Related(
                        limit if primary != limit else tolerations.path,
                        "this has to fit",
                    ),
                ),
                help=f"add {{key: {keys[0]}, operator: Exists}}",
                at_key=primary == tolerations.path,
            )


def _admitted(tolerations: Sequence[Mapping[str, Any]], accelerator: str) -> bool:
    """Whether a toleration is for every taint, for this kind of accelerator, or for nodes by a name of the cluster."""
    return any(_admits(toleration, accelerator) for toleration in tolerations)


def _admits(toleration: Mapping[str, Any], accelerator: str) -> bool:
    key = str(toleration.get("key") or "")
    if not key or _vendor(key) == _vendor(accelerator):
        return True
    own_words = f"{key} {toleration.get('value')}".lower()
    named = "gpu" in own_words or "accelerator" in own_words
    return not _is_vendors(key) and (named or not _OF_ANY_NODE.search(key))


def _on_gke(placement: Placement) -> bool:
    """Whether GKE runs the pod, which adds the toleration itself."""
    return any(
        str(label).startswith("cloud.google.com/")
        for label in placement.node_selector.value
    )


def _admits_another(tolerations: Sequence[Mapping[str, Any]]) -> bool:
    return any(_is_vendors(str(toleration.get("key"))) for toleration in tolerations)


def _is_vendors(key: str) -> bool:
    return _vendor(key) in _VENDORS


def _vendor(key: str) -> str:
    """The domain of a name; a share of HAMi is one of an NVIDIA GPU."""
    domain = key.partition("/")[0]
    return "nvidia.com" if domain == "otterscale.com" else domain


_OF_ANY_NODE = re.compile(
    r"spot|preempt|scalesetpriority|capacity-type|arch|node(-role)?\.kubernetes\.io/"
)
"""Taints that nodes without a GPU have as well; another one may be what a cluster calls its GPU nodes."""
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
