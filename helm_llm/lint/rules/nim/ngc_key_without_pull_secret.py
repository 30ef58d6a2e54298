"""ngc-key-without-pull-secret."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read import fields
from helm_llm.values.layers import Values


@rule(
    "ngc-key-without-pull-secret",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("nim-llm",),
    refused_by="template",
)
def ngc_key_without_pull_secret(values: Values) -> Iterator[Problem]:
    """An NGC API key is set, but the pull secret for it has no name.

    ## Why
    With `model.ngcAPIKey`, the chart creates two Secrets: one for the NIM and one for
    pulling the image. The first item of `imagePullSecrets` names the second one.
    Without that name, the chart cannot be rendered.

    ## Bad
    ```yaml
    # chart: nim-llm
    model:
      ngcAPIKey: nvapi-0
    imagePullSecrets: []
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    model:
      ngcAPIKey: nvapi-0
    imagePullSecrets:
      - name: ngc-secret
    ```
    """
    secrets = values.get("imagePullSecrets", default=[])
    if not fields.text(values, "model", "ngcAPIKey") or not isinstance(secrets, list):
        return
    fault = "it is empty"
    if secrets:
        first = secrets[0]
        if not isinstance(first, dict) or first.get("name"):
            return
        fault = "its first item has no name"
    yield Problem(
        ("imagePullSecrets",),
        f"imagePullSecrets must name the pull secret for model.ngcAPIKey, but {fault}",
        related=(Related(("model", "ngcAPIKey"), "the key is set here"),),
    )
