"""endpoint-without-authentication."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("endpoint-without-authentication", Severity.INFO, Confidence.ADVICE)
def endpoint_without_authentication(serving: ServingSpec) -> Iterator[Problem]:
    """The model can be used from outside of the cluster without a key.

    ## Why
    vLLM asks for nothing unless it is given an API key, and a key covers the paths below /v1 only. Whoever finds the
    address uses your GPUs. Ignore this where a gateway or a firewall lets only those in who may.

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
    # What a chart opens by default its README says, and nobody needs to be told at every run.
    for exposure in serving.exposures if serving.authenticated is False else ():
        if serving.values.user_set(exposure.path) and not exposure.login:
            yield Problem(
                exposure.path,
                f"anyone who reaches the {exposure.kind} can use the model: it asks for no key",
            )
