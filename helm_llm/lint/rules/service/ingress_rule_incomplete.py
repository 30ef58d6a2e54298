"""ingress-rule-incomplete."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.keypath import KeyPath
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.typed import Object, sequence, text
from helm_llm.values.layers import Values


@rule(
    "ingress-rule-incomplete", Severity.ERROR, Confidence.CERTAIN, charts=("nim-llm",)
)
def ingress_rule_incomplete(values: Values) -> Iterator[Problem]:
    """An Ingress sends requests to a port that the Service does not have.

    ## Why
    With `serviceType: nemo`, the Ingress uses the port http-nemo. Only images from
    before NIM 1.0 serve this port, and only with model.legacyCompat and
    model.nemo_port. The API server accepts the Ingress, but its controller answers 503
    because the port has no endpoints.

    ## Bad
    ```yaml
    # chart: nim-llm
    ingress:
      enabled: true
      hosts:
        - host: llm.acme.internal
          paths:
            - path: /
              serviceType: nemo
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    ingress:
      enabled: true
      hosts:
        - host: llm.acme.internal
          paths:
            - path: /
              serviceType: openai
    ```
    """
    if values.get("ingress", "enabled") is not True:
        return
    if values.get("model", "legacyCompat") and values.get("model", "nemo_port"):
        return
    for path, host, route in _ingress_paths(values):
        if route.get("serviceType") != "nemo":
            continue
        yield Problem(
            (*path, "serviceType"),
            f"ingress host {host} sends {route.get('path') or '/'} to http-nemo, "
            "but the Service has no such port",
            related=(
                Related(
                    ("model", "nemo_port"),
                    "together with model.legacyCompat, this would add the port",
                ),
            ),
            help="use serviceType: openai",
        )


def _ingress_paths(values: Values) -> Iterator[tuple[KeyPath, str, Object]]:
    """Values path, host and content of each HTTP path of the Ingress."""
    for number, host in enumerate(sequence(values.tree, "ingress", "hosts")):
        name = text(host, "host") or "*"
        for index, route in enumerate(sequence(host, "paths")):
            if isinstance(route, dict):
                yield ("ingress", "hosts", number, "paths", index), name, route
