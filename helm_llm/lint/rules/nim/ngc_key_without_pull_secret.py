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
)
def ngc_key_without_pull_secret(values: Values) -> Iterator[Problem]:
    """The chart is to make a pull secret of a key and has no name for it.

    ## Why
    With `model.ngcAPIKey` the chart makes two Secrets, the NIM's and one to pull the image with, and names the second
    as the first item of `imagePullSecrets`. Without a name it cannot be rendered.

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
    first = secrets[0] if secrets else {}
    if isinstance(first, dict) and not first.get("name"):
        told = "its first item has no name" if secrets else "it is empty"
        message = f"the pull secret made of model.ngcAPIKey is named in imagePullSecrets, and {told}"
        yield Problem(
            ("imagePullSecrets",),
            message,
            (Related(("model", "ngcAPIKey"), "the key is given here"),),
        )
