"""pull-secret-absent."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("pull-secret-absent", Severity.WARNING, Confidence.LIKELY)
def pull_secret_absent(serving: ServingSpec) -> Iterator[Problem]:
    """The image needs a login, and the pod has no pull secret.

    ## Why
    NVIDIA hands out NIM images to accounts only. Without a pull secret, and without credentials on the nodes or in the
    ServiceAccount, the pod stays in ImagePullBackOff with `insufficient_scope: authorization failed`.

    ## Bad
    ```yaml
    # chart: nim-llm
    imagePullSecrets: []
    ```

    ## Good
    ```yaml
    # chart: nim-llm
    imagePullSecrets:
      - name: ngc-secret
    ```
    """
    image, secrets = serving.pod.engine, serving.pod.pull_secrets
    if (
        image
        and image.repository.value.startswith(_WITH_LOGIN)
        and secrets
        and not secrets.value
    ):
        yield Problem(
            secrets.path,
            f"{image.repository.value} needs a pull secret",
            related=(Related(image.repository.path, "the image is named here"),),
            help="make one of type docker-registry for nvcr.io, user $oauthtoken, and name it in imagePullSecrets",
        )


_WITH_LOGIN = "nvcr.io/nim/"
