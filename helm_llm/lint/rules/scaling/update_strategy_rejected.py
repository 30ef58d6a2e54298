"""update-strategy-rejected."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import KeyPath
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.scaling import Rollout
from helm_llm.serving.spec.spec import ServingSpec


@rule("update-strategy-rejected", Severity.ERROR, Confidence.CERTAIN)
def update_strategy_rejected(serving: ServingSpec) -> Iterator[Problem]:
    """The settings of the update strategy contradict each other.

    ## Why
    The API server rejects the workload if

    - `rollingUpdate` is set but the type is not RollingUpdate, for example because one
      values file sets the type and another one the rest:
      ``Forbidden: may not be specified when strategy `type` is 'Recreate'``;
    - `maxSurge` and `maxUnavailable` are both 0:
      ``Invalid value: 0: may not be 0 when `maxSurge` is 0``;
    - the workload does not support the type. Deployments support Recreate and
      RollingUpdate, and StatefulSets support RollingUpdate and OnDelete:
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
    if rollout.type.value not in _SUPPORTED[rollout.kind]:
        yield _unsupported_type(serving, rollout)
    elif rollout.block and rollout.type.value != "RollingUpdate":
        yield _superfluous_block(serving, rollout.type, rollout.block)
    elif rollout.surge and rollout.unavailable and _is_stuck(rollout):
        yield Problem(
            serving.chosen((rollout.unavailable.path, rollout.surge.path)),
            f"maxSurge is {rollout.surge.value} and maxUnavailable is "
            f"{rollout.unavailable.value}: no pod can be replaced",
            help="raise one of them to 1",
        )


_SUPPORTED = {
    "Deployment": ("Recreate", "RollingUpdate"),
    "StatefulSet": ("RollingUpdate", "OnDelete"),
}


def _unsupported_type(serving: ServingSpec, rollout: Rollout) -> Problem:
    path, kind = rollout.type.path, rollout.kind
    return Problem(
        path,
        f"{serving.dotted(path)} is {rollout.type.value}, "
        f"but a {kind} supports only {' and '.join(_SUPPORTED[kind])}",
    )


def _superfluous_block(
    serving: ServingSpec, type: Field[str], block: KeyPath
) -> Problem:
    primary = serving.chosen((block, type.path))
    related = Related(type.path, "the type is set here")
    if primary == type.path:
        related = Related(block, "rollingUpdate is set here")
    return Problem(
        primary,
        f"{serving.dotted(type.path)} is {type.value}{serving.default(type.path)}, "
        "but rollingUpdate is also set",
        related=(related,),
        help="set the type to RollingUpdate, or rollingUpdate to null",
    )


def _is_stuck(rollout: Rollout) -> bool:
    """Whether both amounts are 0 or 0%.

    Kubernetes rounds up the share of pods to add, so one pod shows whether it is 0. It
    rounds down the share to remove, so that takes 100 pods.
    """
    is_deployment = rollout.kind == "Deployment"
    return is_deployment and rollout.more(1) == 0 and rollout.fewer(100) == 0
