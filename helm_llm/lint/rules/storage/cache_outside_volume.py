"""cache-outside-volume."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read.mounts import apart
from helm_llm.serving.spec.pod import Mount
from helm_llm.serving.spec.spec import ServingSpec


@rule("cache-outside-volume", Severity.WARNING, Confidence.LIKELY)
def cache_outside_volume(serving: ServingSpec) -> Iterator[Problem]:
    """The engine downloads its model beside the volume that is there for it.

    ## Why
    The chart mounts the volume and sends the downloads there. A variable or an argument that sends them to another
    directory leaves the volume empty, and the model goes with the container: every restart downloads it again, to the
    disk of the node.

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
    if (
        cache
        and mount
        and serving.model.downloads
        and apart(cache.value, serving.pod.mounts or ())
    ):
        yield Problem(
            cache.path,
            f"models are downloaded to {cache.value}, outside the volume at {mount.at}",
            related=(Related(mount.path, "the volume is mounted here"),),
            help=f"use a directory below {mount.at}, or mount the volume there",
        )


def _lasting_mount(serving: ServingSpec) -> Mount | None:
    """Where the volume of the cache is mounted, if it outlives the pod."""
    name, pod = serving.storage.volume, serving.pod
    lasts = any(
        volume.name == name and volume.kind != "emptyDir"
        for volume in pod.volumes or ()
    )
    return next(
        (mount for mount in pod.mounts or () if mount.volume == name and lasts), None
    )
