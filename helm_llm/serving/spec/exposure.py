"""Ways into a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helm_llm.keypath import KeyPath

ExposureKind = Literal["NodePort", "LoadBalancer", "Ingress", "Route"]


@dataclass(frozen=True, slots=True)
class Exposure:
    """An object that makes a server reachable from outside the cluster."""

    kind: ExposureKind
    path: KeyPath
    login: bool = False
    """Clients must log in before they reach the server."""
