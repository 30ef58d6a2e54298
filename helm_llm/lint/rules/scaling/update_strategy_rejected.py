"""update-strategy-rejected."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.scaling import Rollout
from helm_llm.serving.spec.spec import ServingSpec


@rule("update-strategy-rejected", Severity.ERROR, Confidence.CERTAIN)
def update_strategy_rejected(serving: ServingSpec) -> Iterator[Problem]:
    """The parts of the update strategy contradict each other.

    ## Why
    The API server refuses the workload: ``spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy
    `type` is 'Recreate'``, also where one layer of values sets the type and another the rest;
    `spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0`; or,
    as Deployments know Recreate and RollingUpdate, StatefulSets RollingUpdate and OnDelete,
    `must be 'RollingUpdate' or 'OnDelete'`.

    ## Bad
    ```yaml
    # chart: vllm
    strategy:
      rollingUpdate:
        maxSurge: 0
    ```

    ## Good
    ```yaml
    # chart: vllm
    strategy:
      type: RollingUpdate
      rollingUpdate:
        maxSurge: 0
    ```
    """
    rollout = serving.rollout
    if rollout is None:
        return
    type, block = rollout.type, rollout.block
    if type.value not in _KNOWN[rollout.kind]:
        known = " or ".join(_KNOWN[rollout.kind])
        yield Problem(
            type.path,
            f"{serving.dotted(type.path)} is {type.value}, a {rollout.kind} knows {known}",
        )
    elif block and type.value != "RollingUpdate":
        primary = serving.chosen((block, type.path))
        yield Problem(
            primary,
            f"{serving.dotted(type.path)} is {type.value}{serving.default(type.path)}, which has no rollingUpdate",
            related=(
                Related(type.path if primary == block else block, "the other part"),
            ),
            help="set the type to RollingUpdate, or rollingUpdate to null",
        )
    elif rollout.surge and rollout.unavailable and _stuck(rollout):
        primary = serving.chosen((rollout.unavailable.path, rollout.surge.path))
        message = (
            f"maxSurge is {rollout.surge.value} and maxUnavailable is "
            f"{rollout.unavailable.value}: no pod can be replaced"
        )
        yield Problem(primary, message, help="allow one pod more or one less")


_KNOWN = {
    "Deployment": ("Recreate", "RollingUpdate"),
    "StatefulSet": ("RollingUpdate", "OnDelete"),
}


def _stuck(rollout: Rollout) -> bool:
    """0 and 0%, whatever the number of pods."""
    return (
        rollout.kind == "Deployment"
        and rollout.more(1) == 0
        and rollout.fewer(100) == 0
    )
