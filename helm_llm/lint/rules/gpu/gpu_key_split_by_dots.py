"""gpu-key-split-by-dots."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import KeyPath, dotted, lookup, scalars
from helm_llm.lint.chart_scope import Scope, scopes
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.values.layers import Values


@rule("gpu-key-split-by-dots", Severity.ERROR, Confidence.CERTAIN)
def gpu_key_split_by_dots(values: Values) -> Iterator[Problem]:
    """The name of a resource was split at its dots.

    ## Why
    In `--set`, each dot starts a new level: `resources.limits.nvidia.com/gpu=1` sets
    the key `com/gpu` below `nvidia`. The charts of this project reject such a mapping.
    With other charts, the API server responds with
    `quantities must match the regular expression`, or a default limit of the chart
    stays in effect. Escape the dots that belong to the name.

    ## Bad
    ```yaml
    # chart: vllm
    # set: --set resources.limits.nvidia.com/gpu=1
    ```

    ## Good
    ```yaml
    # chart: vllm
    # set: --set resources.limits.nvidia\\.com/gpu=1
    ```
    """
    for scope in scopes(values):
        for kind, below, amount in _nested_amounts(scope):
            resources = (*scope.base, "resources", kind)
            name = ".".join(map(str, below))
            first_part = dotted((*resources, below[0]))
            # This escapes the dots in the name.
            whole = dotted((*resources, name))
            yield Problem(
                (*resources, *below),
                f"{name} was split at its dots: {first_part} is now a mapping",
                help=f"use --set '{whole}={amount}', "
                f"or {name}: {amount} in a values file",
            )


def _nested_amounts(scope: Scope) -> Iterator[tuple[str, KeyPath, object]]:
    """Limits and requests below the level of a resource name, each with its path."""
    for kind in ("limits", "requests"):
        given = lookup(scope.tree, ("resources", kind))
        if not isinstance(given, dict):
            continue
        for below, amount in scalars(given):
            first_part = str(below[0])
            # With a slash in it, the name is whole and its value is a mapping.
            if len(below) > 1 and "/" not in first_part:
                yield kind, below, amount
