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
    """The prescript mounts something, and its container may not.

    ## Why
    `mount` needs a privileged container: in another one it says `permission denied`, and a script that tries again
    goes on until its own time limit. Charts before this one ran every prescript privileged; here the values have to say
    so. A volume that Kubernetes mounts needs no privilege, which HAMi 2.10 and many namespaces refuse.

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
    if (
        mounted
        and security
        and not any(who == _CONTAINER for who, _ in security.privileges)
    ):
        yield Problem(
            mounted[0].path,
            f"the script mounts {mounted[0].value}, and initContainer.privileged is not true",
            related=(Related(_SWITCH, "the container is not privileged"),),
            help="let volumes.nfs or volumes.pvc mount it, or set initContainer.privileged to true",
        )


_CONTAINER, _SWITCH = "container prescript", ("initContainer", "privileged")
