"""several-accelerator-families."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read.accelerators import accelerators
from helm_llm.serving.spec.spec import ServingSpec


@rule("several-accelerator-families", Severity.ERROR, Confidence.LIKELY)
def several_accelerator_families(serving: ServingSpec) -> Iterator[Problem]:
    """A pod asks for two kinds of GPU at once.

    ## Why
    Values of a chart and yours are merged key by key: a limit for another kind of GPU stands beside the chart's own,
    it does not replace it. No node offers both, and the pod stays Pending: `Insufficient nvidia.com/gpu`.

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
    if len(keys) > 1:
        paths = [given.limit(key) for key in keys]
        asked = [
            f"{key}: {given.limits[key]}{serving.default(given.limit(key))}"
            for key in keys
        ]
        default = next(
            (key for key in keys if not serving.values.user_set(given.limit(key))), None
        )
        yield Problem(
            chosen := serving.chosen(paths),
            f"the pod asks for {' and '.join(asked)}: no node has both",
            related=tuple(
                Related(path, f"{path[-1]} is asked for here")
                for path in paths
                if path != chosen
            ),
            help=f"set {default} to null in limits and requests"
            if default
            else "keep one",
        )
