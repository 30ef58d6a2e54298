"""Facts that values do not contain and a user may add.

They are about the cluster, the releases in private images, and the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """The `facts` of .helm-llm.yaml. None is unknown: a rule that needs it reports nothing."""

    nodes: int | None = None
    """How many nodes the pods can run on. With one, pods on it can share any volume."""
    gpu: str | None = None
    """A GPU by its name in nvidia.com/gpu.product, such as `H100-80GB`. A node selector wins."""
    pod_security: str | None = None
    """The level that the namespace enforces: privileged, baseline or restricted."""
    kserve: str | None = None
    """A release of KServe, such as `0.19`, or of OpenShift AI, such as `rhoai-2.22`."""
    vllm: str | None = None
    """The vLLM release in the image, if the tag does not show it."""
    model_config: Mapping[str, object] | None = None
    """The content of the model's config.json."""


NO_FACTS = Facts()
