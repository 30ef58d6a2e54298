"""home-not-writable."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.read.mounts import holder
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import ServingSpec


@rule("home-not-writable", Severity.WARNING, Confidence.LIKELY)
def home_not_writable(serving: ServingSpec) -> Iterator[Problem]:
    """The engine cannot write where it keeps its files.

    ## Why
    The images of vLLM are made for root. Another user has no home there, `/`, and cannot even look into `/root`: the
    server stops with `PermissionError: [Errno 13] Permission denied: '/.cache'`. With a read-only root file system it
    also needs a volume at /tmp.

    ## Bad
    ```yaml
    # chart: vllm
    podSecurityContext:
      runAsUser: 1000
    ```

    ## Good
    ```yaml
    # chart: vllm
    podSecurityContext:
      runAsUser: 1000
      fsGroup: 1000
    persistence:
      mountPath: /cache
    vllm:
      env:
        - {name: HOME, value: /cache/home}
    ```
    """
    pod, security = serving.pod, serving.pod.security
    if (
        security
        and security.user
        and security.user.value > 0
        and _is_made_for_root(serving)
    ):
        yield from _of_user(serving, security.user)
    sealed = security and security.read_only_root if pod.lacks("TMPDIR") else None
    if (
        sealed
        and sealed.value
        and pod.mounts is not None
        and holder("/tmp", pod.mounts) is None  # noqa: S108
    ):
        yield Problem(
            sealed.path,
            "the root file system is read-only, and no volume is mounted at /tmp",
        )


def _of_user(serving: ServingSpec, user: Field[int]) -> Iterator[Problem]:
    pod = serving.pod
    if pod.lacks("HOME"):
        message = f"uid {user.value} has no home in this image and cannot write /.cache"
        yield Problem(
            user.path, message, help="set HOME to a directory that it can write"
        )
    for name in ("HOME", "HF_HOME"):
        variable = pod.variable(name)
        if (
            variable
            and variable.text is not None
            and f"{variable.text}/".startswith("/root/")
        ):
            yield Problem(
                user.path,
                f"uid {user.value} cannot write {variable.text}, which is {name}",
            )


def _is_made_for_root(serving: ServingSpec) -> bool:
    image = serving.pod.engine
    return image is not None and f"/{image.repository.value}".endswith(
        ("/vllm/vllm-openai", "nvcr.io/nvidia/vllm")
    )
