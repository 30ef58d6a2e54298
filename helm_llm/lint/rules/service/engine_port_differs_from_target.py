"""engine-port-differs-from-target."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-port-differs-from-target", Severity.ERROR, Confidence.CERTAIN)
def engine_port_differs_from_target(serving: ServingSpec) -> Iterator[Problem]:
    """Requests are sent to a port or address on which the engine does not listen.

    ## Why
    The Service and the probes use the container port from the values. If an argument or
    variable moves the engine to another port, or to an address that only its own pod
    can reach, requests fail with `connection refused`, and the pod never becomes ready.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs: ["--port=9000"]
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      port: 9000
    ```
    """
    pod = serving.pod
    for target in pod.targets:
        if pod.listens and target.value != pod.listens.value:
            yield _other_port(serving, pod.listens, target)
    if pod.host and pod.targets and pod.host.value in _LOOPBACK:
        yield Problem(
            pod.host.path,
            f"the engine listens only on {pod.host.value}, "
            "but the Service and the probes cannot reach this address",
            help="use 0.0.0.0",
        )


def _other_port(
    serving: ServingSpec, listens: Field[int], target: Field[int]
) -> Problem:
    # A port that the chart writes without a value has an empty path.
    paths = [field.path for field in (target, listens) if field.path]
    primary = serving.chosen(paths)
    destination = f"requests are sent to {target.value}"
    if target.path:
        destination = f"{serving.dotted(target.path)} is {target.value}"
    return Problem(
        primary,
        f"the engine listens on port {listens.value}, but {destination}",
        related=tuple(
            Related(path, "must be the same port") for path in paths if path != primary
        ),
        help=f"set both to {target.value}",
    )


_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
