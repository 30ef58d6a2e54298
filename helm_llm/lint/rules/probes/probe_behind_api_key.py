"""probe-behind-api-key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read.api_key import api_key
from helm_llm.serving.spec.spec import ServingSpec


@rule("probe-behind-api-key", Severity.ERROR, Confidence.CERTAIN)
def probe_behind_api_key(serving: ServingSpec) -> Iterator[Problem]:
    """A probe requests a path that needs an API key.

    ## Why
    When an API key is set, vLLM answers 401 to every request below /v1 that does not
    contain the key. Kubelet treats this as a failure, so the pod never becomes ready.
    /health needs no key.

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
    if serving.command is None:
        return
    key = api_key(serving.command, serving.pod)
    if not key:
        return
    for probe in serving.pod.probes or ():
        request = probe.http
        if request is None or not probe.enabled or probe.authorized:
            continue
        if request.path and _GUARDED.match(request.value):
            yield Problem(
                request.path,
                f"the {probe.kind} probe requests {request.value} without the key "
                f"that {serving.dotted(key)} sets: vLLM answers 401",
                related=(Related(key, "the key is set here"),),
                help="use /health, which needs no key",
            )


_GUARDED = re.compile(r"/?v1(/|$)")
"""Paths that need the key in every release.

Later releases protect more paths, but none of those answer a GET request.
"""
