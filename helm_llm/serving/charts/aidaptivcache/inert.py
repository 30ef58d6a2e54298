"""The chart aidaptivcache: settings that have no effect, and under which conditions."""

from __future__ import annotations

from helm_llm.serving.charts.inert import (
    InertSettings,
    absent,
    equals,
    inert,
    number,
    off,
    on,
    positive,
)

_SWITCH = ("enabled",)
_OFFLOADING = (
    "vllm.args.dramKvOffloadGb",
    "vllm.args.dramKVOffloadGb",
    "vllm.args.ssdKvOffloadGb",
    "vllm.args.ssdKVOffloadGb",
    "vllm.args.resumeKvCache",
    "vllm.args.resumeKVCache",
    "vllm.args.noResumeKvCache",
    "vllm.args.noResumeKVCache",
    "vllm.args.nvmePath",
)
_SWITCHED = (
    "volumes.dshm",
    "volumes.pvc",
    "volumes.nfs",
    "modelImage",
    "startupProbe",
    "livenessProbe",
    "readinessProbe",
)
_SHARES = tuple(
    ("resources", kind, name)
    for kind in ("limits", "requests")
    for name in ("otterscale.com/vgpu", "nvidia.com/gpu")
)

INERT: tuple[InertSettings, ...] = (
    inert(off("initContainer.enabled"), "prescript", "initContainer.*", but=_SWITCH),
    inert(off("vllm.lora.enable"), "vllm.lora.*", but=("enable",)),
    # Only a NodePort or LoadBalancer Service has a node port.
    inert(equals("service.type", "ClusterIP"), "service.nodePort"),
    *(inert(off(f"{name}.enabled"), f"{name}.*", but=_SWITCH) for name in _SWITCHED),
    # The chart renders these flags, but the server does not offload with this switch.
    inert(on("vllm.args.disableKvCache"), *_OFFLOADING, rendered=True),
    inert(
        on("vllm.args.disableKVCache"),
        *_OFFLOADING,
        also=(absent("vllm.args.disableKvCache"),),
        rendered=True,
    ),
    # Without SSD offload the server does not use the directory.
    inert(
        number("vllm.args.ssdKVOffloadGb", lambda n: n == 0),
        "vllm.args.nvmePath",
        rendered=True,
    ),
    inert(
        number("vllm.args.ssdKvOffloadGb", lambda n: n == 0),
        "vllm.args.nvmePath",
        also=(absent("vllm.args.ssdKVOffloadGb"),),
        rendered=True,
    ),
    # HAMi ignores a percentage next to an absolute amount of memory.
    *(
        InertSettings(
            positive((*above, f"{name}mem")),
            ((*above, f"{name}mem-percentage"),),
            rendered=True,
        )
        for *above, name in _SHARES
    ),
)
