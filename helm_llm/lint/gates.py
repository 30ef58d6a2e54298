"""Which settings each chart does not read, and while what."""

from __future__ import annotations

from collections.abc import Mapping

from helm_llm.lint.gate import (
    Row,
    absent,
    elsewhere,
    equals,
    given,
    number,
    off,
    on,
    one_of,
    positive,
    row,
)

_SWITCH = ("enabled",)
_CLAIM = ("persistence.size", "persistence.storageClass", "persistence.annotations")
_RETENTION = "persistence.stsPersistentVolumeClaimRetentionPolicy"
_KEPT = on("persistence.enabled")
_SINGLE, _MULTI = off("multiNode.enabled"), on("multiNode.enabled")
_LWS, _MPI = (
    on("multiNode.leaderWorkerSet.enabled"),
    off("multiNode.leaderWorkerSet.enabled"),
)

NIM_LLM: tuple[Row, ...] = (
    row(on("autoscaling.enabled"), "replicaCount", also=(_SINGLE,)),
    row(on("autoscaling.enabled"), "replicaCount", also=(_MULTI, _LWS)),
    row(off("autoscaling.enabled"), "autoscaling.*", but=_SWITCH),
    row(off("ingress.enabled"), "ingress.*", but=_SWITCH),
    row(off("persistence.enabled"), "persistence.*", but=_SWITCH),
    row(given("persistence.existingClaim"), *_CLAIM, _RETENTION, also=(_KEPT,)),
    row(off("statefulSet.enabled"), _RETENTION, also=(_KEPT,)),
    row(equals("persistence.accessMode", "ReadWriteMany"), _RETENTION, also=(_KEPT,)),
    row(off("hostPath.enabled"), "hostPath.*", but=_SWITCH),
    row(off("nfs.enabled"), "nfs.*", but=_SWITCH),
    row(off("multiNode.enabled"), "multiNode.*", but=_SWITCH),
    row(
        _MULTI,
        "customArgs",
        "initContainers.ngcInit",
        "statefulSet.enabled",
        _RETENTION,
    ),
    row(_LWS, "multiNode.mpiJob.*", "multiNode.optimized.enabled", also=(_MULTI,)),
    row(
        _MPI,
        "multiNode.existingSSHSecret",
        "multiNode.workerCustomCommand",
        "multiNode.clusterStartTimeout",
        "livenessProbe.*",
        "readinessProbe.*",
        "startupProbe.*",
        also=(_MULTI,),
    ),
    row(_MPI, "autoscaling.*", but=_SWITCH, also=(_MULTI,)),
    row(
        off("model.legacyCompat"),
        "healthPort",
        "metrics.enabled",
        "model.numGpus",
        "model.subPath",
        "model.modelStorePath",
    ),
)

_SLOW_START = on("slowStart.enabled")

VLLM: tuple[Row, ...] = (
    row(on("autoscaling.enabled"), "replicaCount"),
    row(off("autoscaling.enabled"), "autoscaling.*", but=_SWITCH),
    row(off("ingress.enabled"), "ingress.*", but=_SWITCH),
    row(equals("service.type", "ClusterIP"), "service.nodePort"),
    row(off("persistence.enabled"), "persistence.hostPath.*", "persistence.nfs.*"),
    row(
        off("persistence.enabled"),
        "persistence.*",
        but=(
            "enabled",
            "mountPath",
            "subPath",
            "ephemeralSizeLimit",
            "hostPath",
            "nfs",
        ),
    ),
    row(on("persistence.enabled"), "persistence.ephemeralSizeLimit"),
    row(given("persistence.existingClaim"), *_CLAIM, also=(_KEPT,)),
    row(given("persistence.hostPath.path"), *_CLAIM, also=(_KEPT,)),
    row(given("persistence.nfs.server"), *_CLAIM, also=(_KEPT,)),
    row(
        on("startupProbe.enabled"),
        "livenessProbe.initialDelaySeconds",
        "readinessProbe.initialDelaySeconds",
    ),
    row(_SLOW_START, "startupProbe.*", but=_SWITCH),
    row(
        _SLOW_START,
        "livenessProbe.*",
        "readinessProbe.*",
        but=("enabled", "initialDelaySeconds"),
    ),
    row(
        on("init_drop_cache"),
        "securityContext.allowPrivilegeEscalation",
        "securityContext.runAsNonRoot",
        "securityContext.runAsUser",
        "securityContext.readOnlyRootFilesystem",
    ),
    row(elsewhere("vllm.model"), "modelDownload.*"),
)

_ON_KNATIVE = one_of("deploymentMode", "Serverless", "Knative")
_AS_DEPLOYMENT = one_of("deploymentMode", "RawDeployment", "Standard")
_GROUP = equals("servingTopology", "multiNode")
_PROBES = ("startupProbe.*", "readinessProbe.*", "livenessProbe.*")

KSERVE_VLLM: tuple[Row, ...] = (
    row(one_of("model.mode", "uri", "URI"), "model.s3.*"),
    row(one_of("model.mode", "s3", "S3"), "model.uri"),
    row(equals("servingTopology", "singleNode"), "multiNode.*"),
    row(
        _GROUP,
        "servingRuntime.command",
        "servingRuntime.args",
        *_PROBES,
        also=(_AS_DEPLOYMENT,),
    ),
    row(given("servingRuntime.useExisting"), "servingRuntime.*", but=("useExisting",)),
    row(given("servingRuntime.useExisting"), "image.*", "displayName", *_PROBES),
    row(off("endpoint.auth.enabled"), "endpoint.auth.serviceAccounts"),
    row(_AS_DEPLOYMENT, "scaling.serverless.*"),
    row(
        _AS_DEPLOYMENT,
        "scaling.minReplicas",
        also=(number("scaling.minReplicas", lambda n: n == 0),),
        rendered=True,
    ),
    row(_ON_KNATIVE, "scaling.rawDeployment.*", "startupProbe.*", "livenessProbe.*"),
    row(
        number("scaling.minReplicas", lambda n: n > 0),
        "scaling.serverless.retentionPeriod",
        also=(_ON_KNATIVE,),
        rendered=True,
    ),
)

_OFFLOADING = (
    *(
        f"vllm.args.{name}"
        for name in (
            "dramKvOffloadGb",
            "dramKVOffloadGb",
            "ssdKvOffloadGb",
            "ssdKVOffloadGb",
        )
    ),
    *(
        f"vllm.args.{name}"
        for name in (
            "resumeKvCache",
            "resumeKVCache",
            "noResumeKvCache",
            "noResumeKVCache",
        )
    ),
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

AIDAPTIVCACHE: tuple[Row, ...] = (
    row(off("initContainer.enabled"), "prescript", "initContainer.*", but=_SWITCH),
    row(off("vllm.lora.enable"), "vllm.lora.*", but=("enable",)),
    row(equals("service.type", "ClusterIP"), "service.nodePort"),
    *(row(off(f"{name}.enabled"), f"{name}.*", but=_SWITCH) for name in _SWITCHED),
    row(on("vllm.args.disableKvCache"), *_OFFLOADING, rendered=True),
    row(
        on("vllm.args.disableKVCache"),
        *_OFFLOADING,
        also=(absent("vllm.args.disableKvCache"),),
        rendered=True,
    ),
    row(
        number("vllm.args.ssdKVOffloadGb", lambda n: n == 0),
        "vllm.args.nvmePath",
        rendered=True,
    ),
    row(
        number("vllm.args.ssdKvOffloadGb", lambda n: n == 0),
        "vllm.args.nvmePath",
        also=(absent("vllm.args.ssdKVOffloadGb"),),
        rendered=True,
    ),
    *(
        Row(
            positive((*above, f"{name}mem")),
            ((*above, f"{name}mem-percentage"),),
            rendered=True,
        )
        for *above, name in _SHARES
    ),
)

GATES: Mapping[str, tuple[Row, ...]] = {
    "aidaptivcache": AIDAPTIVCACHE,
    "kserve-vllm": KSERVE_VLLM,
    "nim-llm": NIM_LLM,
    "vllm": VLLM,
}
"""The rows of each chart, by its name."""
