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
    """KV cache goes to an SSD that the pod does not have.

    ## Why
    The aiDAPTIVCache operator mounts its devices into containers that have `phison.com/ai100` among their limits. In
    others the path is missing, or an ordinary directory: the cache then fills the node's disk, and the kubelet evicts
    the pod. 500 GB are the default.

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
    command, mounts, limits = (
        serving.command,
        serving.pod.mounts,
        serving.resources.limits,
    )
    if command is None or mounts is None or command.value("--disable-kv-cache-offload"):
        return
    size, place = command.value("--ssd-kv-offload-gb"), command.value("--nvme-path")
    devices = quantity(limits.get(_DEVICE, 0))
    if size and place and devices == 0 and holder(place, mounts) is None:
        limit, offload = (
            serving.resources.limit(_DEVICE),
            command.path("--ssd-kv-offload-gb"),
        )
        path = serving.chosen((offload, limit))
        yield Problem(
            path,
            f"{size:g} GB of KV cache go to {place}, and no {_DEVICE} is asked for",
            related=tuple(
                Related(one, "this has to fit")
                for one in (limit, offload)
                if one != path
            ),
            help=f"ask for {_DEVICE}, mount a disk at {place}, or set {serving.dotted(offload)} to 0",
        )


_DEVICE = "phison.com/ai100"
