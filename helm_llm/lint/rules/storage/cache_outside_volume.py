"""cache-outside-volume."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read.mounts import apart
from helm_llm.serving.spec.pod import Mount
from helm_llm.serving.spec.spec import ServingSpec


@rule("cache-outside-volume", Severity.WARNING, Confidence.LIKELY)
def cache_outside_volume(serving: ServingSpec) -> Iterator[Problem]:
    """The engine downloads its model to a directory outside the model volume.

    ## Why
    The chart mounts a volume for the model and makes the engine download to it. If a
    variable or argument points to another directory, the volume stays empty and the
    model is lost with the container: every restart downloads it again, to the disk of
    the node.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      env:
        - name: HF_HOME
          value: /data/huggingface
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      env:
        - name: HF_HOME
          value: /data/huggingface
    persistence:
      mountPath: /data
    ```
    """
    cache, mount = serving.storage.cache, _lasting_mount(serving)
    if cache is None or mount is None or not serving.model.downloads:
        return
    if apart(cache.value, serving.pod.mounts or ()):
        yield Problem(
            cache.path,
            f"models are downloaded to {cache.value}, "
            f"but the volume is mounted at {mount.at}",
            related=(Related(mount.path, "the volume is mounted here"),),
            help=f"use a directory below {mount.at}, "
            f"or mount the volume at {cache.value}",
        )


def _lasting_mount(serving: ServingSpec) -> Mount | None:
    """The mount of the cache volume, unless the volume is deleted with the pod."""
    name, pod = serving.storage.volume, serving.pod
    kinds = {volume.kind for volume in pod.volumes or () if volume.name == name}
    if not kinds - {"emptyDir"}:
        return None
    for mount in pod.mounts or ():
        if mount.volume == name:
            return mount
    return None
