"""home-not-writable."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.read.mounts import holder
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Pod
from helm_llm.serving.spec.spec import ServingSpec


@rule("home-not-writable", Severity.WARNING, Confidence.LIKELY)
def home_not_writable(serving: ServingSpec) -> Iterator[Problem]:
    """The engine cannot write to a directory that it needs.

    ## Why
    The vLLM images are built to run as root. Any other user has `/` as its home
    directory, which it cannot write to, and cannot even read `/root`: the server stops
    with `PermissionError: [Errno 13] Permission denied: '/.cache'`. With a read-only
    root filesystem, the server also needs a volume at /tmp.

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
    if security is None:
        return
    user, sealed = security.user, security.read_only_root
    if user and user.value > 0 and _is_built_for_root(pod.engine):
        yield from _unwritable_homes(pod, user)
    if sealed is None or not sealed.value or not pod.lacks("TMPDIR"):
        return
    if pod.mounts is not None and holder("/tmp", pod.mounts) is None:  # noqa: S108
        yield Problem(
            sealed.path,
            "the root filesystem is read-only, but no volume is mounted at /tmp",
            help="mount an emptyDir at /tmp",
        )


def _is_built_for_root(image: Image | None) -> bool:
    if image is None:
        return False
    repositories = ("/vllm/vllm-openai", "nvcr.io/nvidia/vllm")
    return f"/{image.repository.value}".endswith(repositories)


def _unwritable_homes(pod: Pod, user: Field[int]) -> Iterator[Problem]:
    if pod.lacks("HOME"):
        yield Problem(
            user.path,
            f"user {user.value} has no home directory in this image "
            "and cannot write to /.cache",
            help="set HOME to a directory that this user can write to",
        )
    for name in ("HOME", "HF_HOME"):
        variable = pod.variable(name)
        if variable is None or variable.text is None:
            continue
        if f"{variable.text}/".startswith("/root/"):
            yield Problem(
                user.path,
                f"{name} is {variable.text}, but user {user.value} cannot write there",
            )
