"""endpoint-without-authentication."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("endpoint-without-authentication", Severity.INFO, Confidence.ADVICE)
def endpoint_without_authentication(serving: ServingSpec) -> Iterator[Problem]:
    """The model can be used from outside the cluster without a key.

    ## Why
    vLLM does not require an API key unless you set one, and a key protects only the
    paths below /v1. Anyone who finds the address can use your GPUs. Ignore this finding
    if a gateway or firewall restricts access.

    ## Bad
    ```yaml
    # chart: vllm
    service:
      type: LoadBalancer
    ```

    ## Good
    ```yaml
    # chart: vllm
    service:
      type: LoadBalancer
    apiKey:
      existingSecret: vllm-api-key
    ```
    """
    if serving.authenticated is not False:
        return
    for exposure in serving.exposures:
        # A chart's README describes what the chart exposes by default.
        if serving.values.is_user_set(exposure.path) and not exposure.login:
            yield Problem(
                exposure.path,
                f"anyone who can reach the {exposure.kind} can use the model, "
                "because the server requires no key",
            )
