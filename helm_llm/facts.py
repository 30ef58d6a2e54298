"""What values cannot tell and a user may: the cluster, the versions behind private tags, the model's own config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """The `facts` of .helm-llm.yaml. None is unknown: a rule that needs the fact then stays silent."""

    nodes: int | None = None
    """How many nodes the pods can run on; one silences the rules on sharing a volume between nodes."""
    gpu: str | None = None
    """A GPU by its name in nvidia.com/gpu.product, such as `H100-80GB`; that of a node selector comes first."""
    pod_security: str | None = None
    """The level the namespace enforces: privileged, baseline or restricted."""
    kserve: str | None = None
    """A release of KServe, such as `0.19`, or of OpenShift AI, such as `rhoai-2.22`."""
    vllm: str | None = None
    """The vLLM release in the image, where its tag does not tell."""
    model_config: Mapping[str, Any] | None = None
    """The content of the model's config.json."""


NO_FACTS = Facts()
