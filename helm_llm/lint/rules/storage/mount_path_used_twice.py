"""mount-path-used-twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helm_llm.keypath import KeyPath
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.spec.pod import Mount
from helm_llm.serving.spec.spec import Backend, ServingSpec


@rule("mount-path-used-twice", Severity.ERROR, Confidence.CERTAIN)
def mount_path_used_twice(serving: ServingSpec) -> Iterator[Problem]:
    """Two volumes have the same mount path or the same name.

    ## Why
    The API server rejects the Deployment:
    `mountPath: Invalid value: "/dev/shm": must be unique`, or `Duplicate value` for a
    name. It compares paths literally: it accepts both `/models` and `/models/`, and one
    volume then hides the other. Volumes that the chart adds count too: the model cache
    and the shared memory.

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
    mounts: dict[str, Mount] = {}
    for mount in serving.pod.mounts or ():
        first = mounts.setdefault(mount.at, mount)
        if first is mount or _are_backends(first, mount, serving.storage.backends):
            continue
        yield _problem(
            serving,
            mount.path,
            first.path,
            f"{mount.at} is the path of two mounts: "
            f"volume {first.volume} and volume {mount.volume}",
        )
    volumes: dict[str, KeyPath] = {}
    for volume in serving.pod.volumes or ():
        earlier = volumes.setdefault(volume.name, volume.path)
        if earlier is not volume.path:
            message = f"two volumes have the name {volume.name}"
            yield _problem(serving, volume.path, earlier, message)


def _problem(
    serving: ServingSpec, later: KeyPath, earlier: KeyPath, message: str
) -> Problem:
    # Mounts and volumes that the chart writes without a value have an empty path.
    paths = [path for path in (later, earlier) if path]
    primary = serving.chosen(paths)
    others = [path for path in paths if path != primary]
    return Problem(
        primary,
        message,
        related=tuple(Related(path, "also used here") for path in others),
        help="change the path or name of one of them, or remove one",
    )


def _are_backends(a: Mount, b: Mount, backends: Sequence[Backend]) -> bool:
    """Whether both are storage backends: several-storage-backends reports those."""
    tables = [backend.switch[:-1] for backend in backends if backend.chosen]
    return a.path[:-1] in tables and b.path[:-1] in tables
