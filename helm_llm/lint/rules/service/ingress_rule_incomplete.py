"""ingress-rule-incomplete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helm_llm.keypath import KeyPath
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.values.layers import Values


@rule(
    "ingress-rule-incomplete", Severity.ERROR, Confidence.CERTAIN, charts=("nim-llm",)
)
def ingress_rule_incomplete(values: Values) -> Iterator[Problem]:
    """An Ingress sends requests to a port that the Service does not have.

    ## Why
    serviceType nemo means the port http-nemo, which only an image from before NIM 1.0 serves, with model.legacyCompat
    and model.nemo_port. The API server takes the Ingress; its controller answers 503, for want of an endpoint.

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
    served = values.get("model", "legacyCompat") and values.get("model", "nemo_port")
    if values.get("ingress", "enabled") is True and not served:
        for path, host, asked in _paths(values):
            if asked.get("serviceType") == "nemo":
                message = (
                    f"ingress host {host} sends {asked.get('path') or '/'} to http-nemo, "
                    "the Service has no such port"
                )
                related = Related(
                    ("model", "nemo_port"), "with legacyCompat this would make the port"
                )
                yield Problem(
                    (*path, "serviceType"),
                    message,
                    (related,),
                    help="use serviceType: openai",
                )


def _paths(values: Values) -> Iterator[tuple[KeyPath, str, dict[str, Any]]]:
    hosts = values.get("ingress", "hosts")
    for at, host in enumerate(hosts if isinstance(hosts, list) else ()):
        paths = host.get("paths") if isinstance(host, dict) else None
        for index, asked in enumerate(paths if isinstance(paths, list) else ()):
            if isinstance(asked, dict):
                yield (
                    ("ingress", "hosts", at, "paths", index),
                    host.get("host") or "*",
                    asked,
                )
