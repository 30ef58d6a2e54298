"""path-visible-only-in-init."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.derived.needed_files import mounted_before, named
from helm_llm.serving.spec.spec import ServingSpec


@rule(
    "path-visible-only-in-init",
    Severity.ERROR,
    Confidence.LIKELY,
    charts=("aidaptivcache",),
)
def path_visible_only_in_init(serving: ServingSpec) -> Iterator[Problem]:
    """The server reads from a directory that only the init container has mounted.

    ## Why
    Each container has its own mount namespace: what a script mounts in the init
    container is not visible to the server. The server finds an empty directory, or
    none, and stops. Copy the files to the shared directory, or let Kubernetes mount
    them, which does not need a privileged container.

    ## Bad
    ```yaml
    # chart: aidaptivcache
    prescript: |
      mkdir -p /mnt/data
      mount -t nfs4 10.0.0.5:/models /mnt/data
    vllm:
      args:
        model: /mnt/data/Meta-Llama-3.1-8B-Instruct
    ```

    ## Good
    ```yaml
    # chart: aidaptivcache
    volumes:
      nfs: {enabled: true, server: 10.0.0.5, path: /models, mountPath: /mnt/data}
    vllm:
      args:
        model: /mnt/data/Meta-Llama-3.1-8B-Instruct
    ```
    """
    for read in named(serving):
        mounted = mounted_before(serving, read)
        if mounted is None:
            continue
        yield Problem(
            read.file.path,
            f"{read.what} {read.file.value} is below {mounted.value}, "
            "which only the init container has mounted",
            related=(Related(mounted.path, f"{mounted.value} is mounted here"),),
            help="copy it to initContainer.sharedDataPath, "
            "or mount it with volumes.nfs or volumes.pvc",
        )
