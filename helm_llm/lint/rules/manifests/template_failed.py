"""template-failed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.keypath import KeyPath
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.manifests.manifests import Manifests


@rule(
    "template-failed",
    Severity.ERROR,
    Confidence.CERTAIN,
    always=True,
    suppressible=False,
    refused_by="template",
    echoes=True,
)
def template_failed(manifests: Manifests) -> Iterator[Problem]:
    """The chart cannot be rendered with these values.

    ## Why
    `helm install` and `helm upgrade` fail with the same error. `helm lint` often
    passes, because it ignores `fail` and `required` in templates. The message is Helm's
    own. This rule cannot be disabled, but `--no-render` skips it.

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
        yield Problem(_path_in_error(manifests.error), manifests.error)


def _path_in_error(error: str) -> KeyPath:
    """The values path that Helm's error names, or the empty path.

    Templates of a subchart name its values without the subchart's own key.
    """
    # template: app/charts/llm/templates/x.yaml:2:3: executing "x" at <.Values.a.b>: ...
    path = re.search(r"at <[^>]*?\.Values\.([\w.]+)", error)
    if path is None:
        return ()
    template = error.partition(" executing ")[0]
    subcharts = re.findall(r"/charts/([\w.-]+)(?=/)", template)
    return (*subcharts, *path[1].rstrip(".").split("."))
