"""several-accelerator-families."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read.accelerators import accelerators
from helm_llm.serving.spec.spec import ServingSpec


@rule("several-accelerator-families", Severity.ERROR, Confidence.LIKELY)
def several_accelerator_families(serving: ServingSpec) -> Iterator[Problem]:
    """A pod requests two kinds of GPU at the same time.

    ## Why
    Helm merges your values with those of the chart key by key. A limit for another kind
    of GPU is therefore added to the chart's own limit instead of replacing it. No node
    offers both, and the pod stays Pending with `Insufficient nvidia.com/gpu`.

    ## Bad
    ```yaml
    # chart: nim-llm
    resources:
      limits:
        nvidia.com/mig-1g.10gb: 1
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    resources:
      limits:
        nvidia.com/mig-1g.10gb: 1
        nvidia.com/gpu: null
    ```
    """
    given, keys = serving.resources, tuple(accelerators(serving.resources))
    if len(keys) < 2:
        return
    paths = [given.limit(key) for key in keys]
    path = serving.chosen(paths)
    amounts = [
        f"{key}: {given.limits[key]}{serving.default(given.limit(key))}" for key in keys
    ]
    defaults = [key for key in keys if not serving.values.is_user_set(given.limit(key))]
    what_to_do = "keep one of them"
    if defaults:
        what_to_do = f"set {defaults[0]} to null in limits and requests"
    yield Problem(
        path,
        f"the pod requests {' and '.join(amounts)}, but no node has both",
        related=tuple(
            Related(other, f"{other[-1]} is requested here")
            for other in paths
            if other != path
        ),
        help=what_to_do,
    )
