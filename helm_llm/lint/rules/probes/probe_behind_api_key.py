"""probe-behind-api-key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read.api_key import api_key
from helm_llm.serving.spec.spec import ServingSpec


@rule("probe-behind-api-key", Severity.ERROR, Confidence.CERTAIN)
def probe_behind_api_key(serving: ServingSpec) -> Iterator[Problem]:
    """A probe asks without the key that the server wants.

    ## Why
    With an API key vLLM answers 401 to every request below /v1 that does not carry it. For kubelet that is a failure:
    the pod never becomes ready. /health needs no key.

    ## Bad
    ```yaml
    # chart: vllm
    apiKey:
      existingSecret: vllm-api-key
    slowStart:
      enabled: false
    readinessProbe:
      httpGet:
        path: /v1/models
    ```

    ## Good
    ```yaml
    # chart: vllm
    apiKey:
      existingSecret: vllm-api-key
    slowStart:
      enabled: false
    readinessProbe:
      httpGet:
        path: /health
    ```
    """
    key = api_key(serving.command, serving.pod) if serving.command else None
    for probe in serving.pod.probes or () if key else ():
        asked = probe.http if probe.enabled and not probe.authorized else None
        if key and asked and asked.path and _GUARDED.match(asked.value):
            yield Problem(
                asked.path,
                f"{asked.value} answers 401 without the key that {serving.dotted(key)} sets",
                related=(Related(key, "the key is set here"),),
                help="ask for /health, which needs no key",
            )


_GUARDED = re.compile(r"/?v1(/|$)")
"""What every release guards; later ones guard more, which answers no GET anyway."""
