"""The environment of a container, as values list it."""

from __future__ import annotations

from helm_llm.layers import Values
from helm_llm.serving import readers
from helm_llm.serving.pod import Variable


def listed(values: Values, *path: str | int) -> tuple[Variable, ...]:
    """The user's variables, the last of equal names; without a text those that a Secret, ConfigMap or field holds."""
    items = readers.environment(values, *path)
    return tuple(
        Variable(name, field.value if field else None, field.path if field else path, listed=True)
        for name, field in items.items()
    )
