"""template-failed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.keypath import KeyPath
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.manifests.manifests import Manifests


@rule("template-failed", Severity.ERROR, Confidence.CERTAIN)
def template_failed(manifests: Manifests) -> Iterator[Problem]:
    """The chart cannot be rendered with these values.

    ## Why
    `helm install` and `helm upgrade` stop at the same place; `helm lint` often does not, it lets a `fail` or `required`
    of a template pass. The message is Helm's own. The rule cannot be switched off, `--no-render` skips it.

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
    if manifests.error:
        yield Problem(_named(manifests.error), manifests.error)


def _named(error: str) -> KeyPath:
    """The values path at which Helm says a template failed, below the subchart the template belongs to."""
    path = re.search(r"at <[^>]*?\.Values\.([\w.]+)", error)
    subcharts = re.findall(r"/charts/([\w.-]+)(?=/)", error.partition(" executing ")[0])
    return (*subcharts, *path[1].rstrip(".").split(".")) if path else ()
