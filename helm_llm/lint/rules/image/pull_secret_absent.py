"""pull-secret-absent."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule("pull-secret-absent", Severity.WARNING, Confidence.LIKELY)
def pull_secret_absent(serving: ServingSpec) -> Iterator[Problem]:
    """The image requires a login, but the pod has no pull secret.

    ## Why
    Only registered accounts can pull NIM images from NVIDIA's registry. Without a pull
    secret, and without credentials on the nodes or in the ServiceAccount, the pod stays
    in ImagePullBackOff with `insufficient_scope: authorization failed`.

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
    if image is None or not image.repository.value.startswith(_WITH_LOGIN):
        return
    if secrets is None or secrets.value:
        return
    yield Problem(
        secrets.path,
        f"{image.repository.value} needs a pull secret, "
        f"but {serving.dotted(secrets.path)} is empty",
        related=(Related(image.repository.path, "the image is set here"),),
        help="create a docker-registry Secret for nvcr.io with the user $oauthtoken, "
        "and name it in imagePullSecrets",
    )


_WITH_LOGIN = "nvcr.io/nim/"
