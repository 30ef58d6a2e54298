"""mount-without-privilege."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.spec import ServingSpec


@rule(
    "mount-without-privilege",
    Severity.ERROR,
    Confidence.LIKELY,
    charts=("aidaptivcache",),
)
def mount_without_privilege(serving: ServingSpec) -> Iterator[Problem]:
    """The prescript mounts a file system, but its container is not privileged.

    ## Why
    `mount` needs a privileged container. In any other container it fails with
    `permission denied`, and a script that retries runs until its own time limit.
    Earlier versions of the chart ran every prescript in a privileged container; now
    this needs `initContainer.privileged: true`.

    Prefer a volume that Kubernetes mounts: HAMi 2.10 and many namespaces reject
    privileged containers.

    ## Bad
    ```yaml
    # chart: aidaptivcache
    prescript: |
      mount -t nfs4 10.0.0.5:/models /mnt/data
      cp -r /mnt/data/Meta-Llama-3.1-8B-Instruct /data/model/
    ```

    ## Good
    ```yaml
    # chart: aidaptivcache
    volumes:
      nfs: {enabled: true, server: 10.0.0.5, path: /models, mountPath: /mnt/data}
    prescript: cp -r /mnt/data/Meta-Llama-3.1-8B-Instruct /data/model/
    ```
    """
    mounted, security = serving.pod.mounted_before, serving.pod.security
    if not mounted or security is None:
        return
    if any(holder == _CONTAINER for holder, _ in security.privileges):
        return
    yield Problem(
        mounted[0].path,
        f"the prescript mounts {mounted[0].value}, "
        "but initContainer.privileged is not true",
        related=(Related(_SWITCH, "the container is not privileged"),),
        help="mount it with volumes.nfs or volumes.pvc, "
        "or set initContainer.privileged to true",
    )


_CONTAINER, _SWITCH = "container prescript", ("initContainer", "privileged")
