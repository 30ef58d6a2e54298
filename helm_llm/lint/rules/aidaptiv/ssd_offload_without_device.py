"""ssd-offload-without-device."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.quantity import quantity
from helm_llm.serving.read.mounts import holder
from helm_llm.serving.spec.spec import ServingSpec


@rule(
    "ssd-offload-without-device",
    Severity.ERROR,
    Confidence.CERTAIN,
    charts=("aidaptivcache",),
)
def ssd_offload_without_device(serving: ServingSpec) -> Iterator[Problem]:
    """The KV cache is offloaded to an SSD that the pod does not have.

    ## Why
    The aiDAPTIVCache operator mounts its devices into containers that have
    `phison.com/ai100` in their limits. In any other container the path is missing, or
    it is an ordinary directory: then the cache fills the node's disk, and the kubelet
    evicts the pod. The chart offloads 500 GB by default.

    Nothing is reported when a volume is mounted at the path or the offload is disabled.

    ## Bad
    ```yaml
    # chart: aidaptivcache
    resources:
      requests: {phison.com/ai100: null}
      limits: {phison.com/ai100: null}
    ```

    ## Good
    ```yaml
    # chart: aidaptivcache
    vllm:
      args:
        ssdKvOffloadGb: 0
    resources:
      requests: {phison.com/ai100: null}
      limits: {phison.com/ai100: null}
    ```
    """
    command, mounts = serving.command, serving.pod.mounts
    if command is None or mounts is None or command.value("--disable-kv-cache-offload"):
        return
    size, directory = command.value(_SIZE), command.value("--nvme-path")
    if not size or not directory or holder(directory, mounts):
        return
    if quantity(serving.resources.limits.get(_DEVICE, 0)) != 0:
        return
    paths = (command.path(_SIZE), serving.resources.limit(_DEVICE))
    path = serving.chosen(paths)
    yield Problem(
        path,
        f"{size:g} GB of KV cache are offloaded to {directory}, "
        f"but the pod has no {_DEVICE} device",
        related=tuple(
            Related(other, "must match this value") for other in paths if other != path
        ),
        help=f"set a limit for {_DEVICE}, mount a disk at {directory}, "
        f"or set {serving.dotted(paths[0])} to 0",
    )


_DEVICE = "phison.com/ai100"
_SIZE = "--ssd-kv-offload-gb"
