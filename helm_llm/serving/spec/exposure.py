"""Ways into a cluster."""

from __future__ import annotations

from typing import Literal, NamedTuple

from helm_llm.keypath import KeyPath

ExposureKind = Literal["NodePort", "LoadBalancer", "Ingress", "Route"]


class Exposure(NamedTuple):
    """An object that makes a server reachable from outside the cluster."""

    kind: ExposureKind
    path: KeyPath
    login: bool = False
    """Clients must log in before they reach the server."""
