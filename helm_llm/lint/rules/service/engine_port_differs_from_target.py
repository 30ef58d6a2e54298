"""engine-port-differs-from-target."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-port-differs-from-target", Severity.ERROR, Confidence.CERTAIN)
def engine_port_differs_from_target(serving: ServingSpec) -> Iterator[Problem]:
    """The engine listens where no request arrives.

    ## Why
    Service and probes go to the port of the container that the values name. An argument or variable that moves the
    engine to another port, or to an address that only its own pod reaches, leaves them behind: `connection refused`,
    and the pod never becomes ready.

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
    listens, host, targets = serving.pod.listens, serving.pod.host, serving.pod.targets
    for target in targets:
        if listens and target.value != listens.value:
            paths = [path for path in (target.path, listens.path) if path]
            sender = (
                f"{serving.dotted(target.path)} sends" if target.path else "requests go"
            )
            primary = serving.chosen(paths)
            yield Problem(
                primary,
                f"the engine listens on {listens.value}, {sender} to {target.value}",
                related=tuple(
                    Related(path, "this has to be the same port")
                    for path in paths
                    if path != primary
                ),
                help=f"give both the port {target.value}",
            )
    if host and targets and host.value in _LOOPBACK:
        message = f"the engine binds {host.value}, which neither the Service nor a probe reaches"
        yield Problem(host.path, message, help="bind 0.0.0.0")


_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
