"""gpu-key-split-by-dots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helm_llm.keypath import KeyPath, dotted, lookup, scalars
from helm_llm.lint.chart_scope import Scope, scopes
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.values.layers import Values


@rule("gpu-key-split-by-dots", Severity.ERROR, Confidence.CERTAIN)
def gpu_key_split_by_dots(values: Values) -> Iterator[Problem]:
    """The name of a resource was split at its dots.

    ## Why
    `--set` makes a level of every dot: `resources.limits.nvidia.com/gpu=1` sets the key `com/gpu` below `nvidia`.
    Our charts refuse the mapping. Others render it, the API server says `quantities must match the regular expression`,
    and a default limit of the chart survives beside it. Escape the dots that belong to the name.

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
        for kind, below, amount in _nested(scope):
            above, name = (*scope.base, "resources", kind), ".".join(map(str, below))
            yield Problem(
                (*above, *below),
                f"{name} is split at its dots: {dotted((*above, below[0]))} became a mapping",
                help=f"write --set '{dotted((*above, name))}={amount}', or {name}: {amount} in a file",
            )


def _nested(scope: Scope) -> Iterator[tuple[str, KeyPath, Any]]:
    """The amounts that stand deeper than a resource's name, with the path to them."""
    for kind in ("limits", "requests"):
        given = lookup(scope.tree, ("resources", kind))
        for below, amount in scalars(given if isinstance(given, dict) else {}):
            if len(below) > 1 and "/" not in str(below[0]):
                yield kind, below, amount
