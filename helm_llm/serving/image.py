"""What the engine's image tells."""

from __future__ import annotations

from helm_llm.layers import Values
from helm_llm.serving import readers


def is_simulator(values: Values) -> bool:
    """Whether the image is our simulated engine, which has no weights."""
    return (readers.text(values, "image", "repository") or "").endswith("helm-llm/simulator")
