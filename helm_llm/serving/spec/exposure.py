"""A way into a cluster."""

from __future__ import annotations

from dataclasses import dataclass

from helm_llm.keypath import KeyPath


@dataclass(frozen=True, slots=True)
class Exposure:
    """A way in from outside of the cluster: `NodePort`, `LoadBalancer`, `Ingress`, `Route`."""

    kind: str
    path: KeyPath
    login: bool = False
    """It asks who is there before anybody reaches the server."""
