"""mount-path-used-twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helm_llm.keypath import KeyPath
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Mount
from helm_llm.serving.spec.spec import Backend, ServingSpec


@rule("mount-path-used-twice", Severity.ERROR, Confidence.CERTAIN)
def mount_path_used_twice(serving: ServingSpec) -> Iterator[Problem]:
    """Two volumes are mounted at one place, or have one name.

    ## Why
    The API server refuses the Deployment: `mountPath: Invalid value: "/dev/shm": must be unique`, or `Duplicate value`
    for a name. It compares paths as they are written: it takes `/models` beside `/models/`, and one volume then covers
    the other. The volumes that the chart itself adds count: the model cache and the shared memory.

    ## Bad
    ```yaml
    # chart: vllm
    extraVolumes:
      - name: memory
        emptyDir: {medium: Memory}
    extraVolumeMounts:
      - name: memory
        mountPath: /dev/shm
    ```

    ## Good
    ```yaml
    # chart: vllm
    extraVolumes:
      - name: memory
        emptyDir: {medium: Memory}
    extraVolumeMounts:
      - name: memory
        mountPath: /dev/shm
    shm:
      enabled: false
    ```
    """
    at: dict[str, Mount] = {}
    for mount in serving.pod.mounts or ():
        first = at.setdefault(mount.at, mount)
        if first is not mount and not _both_backends(
            first, mount, serving.storage.backends
        ):
            message = f"{mount.at} is mounted by {first.volume} and by {mount.volume}"
            yield _problem(serving, mount.path, first.path, message)
    named: dict[str, KeyPath] = {}
    for volume in serving.pod.volumes or ():
        earlier = named.setdefault(volume.name, volume.path)
        if earlier is not volume.path:
            yield _problem(
                serving, volume.path, earlier, f"two volumes are named {volume.name}"
            )


def _problem(
    serving: ServingSpec, later: KeyPath, earlier: KeyPath, message: str
) -> Problem:
    paths = [path for path in (later, earlier) if path]
    primary = serving.chosen(paths)
    others = tuple(Related(path, "and here") for path in paths if path != primary)
    return Problem(
        primary,
        message,
        related=others,
        help="give one of them another path or name, or leave it out",
    )


def _both_backends(a: Mount, b: Mount, backends: Sequence[Backend]) -> bool:
    """Whether both are backends of one cache, which several-storage-backends reports."""
    tables = [backend.switch[:-1] for backend in backends if backend.chosen]
    return a.path[:-1] in tables and b.path[:-1] in tables
