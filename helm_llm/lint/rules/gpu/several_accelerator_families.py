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
    given = serving.resources
    keys = tuple(accelerators(given))
    if len(keys) < 2:
        return
    paths = [given.limit(key) for key in keys]
    path = serving.chosen(paths)
    amounts = []
    defaults = []
    related = []
    for key, limit in zip(keys, paths, strict=True):
        amounts.append(f"{key}: {given.limits[key]}{serving.default(limit)}")
        if not serving.values.is_user_set(limit):
            defaults.append(key)
        if limit != path:
            related.append(Related(limit, f"{limit[-1]} is requested here"))
    what_to_do = "keep one of them"
    # Only null removes a key that the chart sets.
    if defaults:
        what_to_do = f"set {defaults[0]} to null in limits and requests"
    requested = " and ".join(amounts)
    yield Problem(
        path,
        f"the pod requests {requested}, but no node has both",
        related=tuple(related),
        help=what_to_do,
    )
