"""The chart nim-llm: settings that have no effect, and under which conditions."""

from __future__ import annotations

from helm_llm.serving.charts.inert import (
    InertSettings,
    equals,
    given,
    inert,
    off,
    on,
)

_SWITCH = ("enabled",)
_CLAIM = ("persistence.size", "persistence.storageClass", "persistence.annotations")
_KEPT = on("persistence.enabled")
_RETENTION = "persistence.stsPersistentVolumeClaimRetentionPolicy"
_SINGLE, _MULTI = off("multiNode.enabled"), on("multiNode.enabled")
_LWS, _MPI = (
    on("multiNode.leaderWorkerSet.enabled"),
    off("multiNode.leaderWorkerSet.enabled"),
)

INERT: tuple[InertSettings, ...] = (
    inert(on("autoscaling.enabled"), "replicaCount", also=(_SINGLE,)),
    inert(on("autoscaling.enabled"), "replicaCount", also=(_MULTI, _LWS)),
    inert(off("autoscaling.enabled"), "autoscaling.*", but=_SWITCH),
    inert(off("ingress.enabled"), "ingress.*", but=_SWITCH),
    inert(off("persistence.enabled"), "persistence.*", but=_SWITCH),
    inert(given("persistence.existingClaim"), *_CLAIM, _RETENTION, also=(_KEPT,)),
    inert(off("statefulSet.enabled"), _RETENTION, also=(_KEPT,)),
    inert(equals("persistence.accessMode", "ReadWriteMany"), _RETENTION, also=(_KEPT,)),
    inert(off("hostPath.enabled"), "hostPath.*", but=_SWITCH),
    inert(off("nfs.enabled"), "nfs.*", but=_SWITCH),
    inert(off("multiNode.enabled"), "multiNode.*", but=_SWITCH),
    inert(
        _MULTI,
        "customArgs",
        "initContainers.ngcInit",
        "statefulSet.enabled",
        _RETENTION,
    ),
    inert(_LWS, "multiNode.mpiJob.*", "multiNode.optimized.enabled", also=(_MULTI,)),
    inert(
        _MPI,
        "multiNode.existingSSHSecret",
        "multiNode.workerCustomCommand",
        "multiNode.clusterStartTimeout",
        "livenessProbe.*",
        "readinessProbe.*",
        "startupProbe.*",
        also=(_MULTI,),
    ),
    inert(_MPI, "autoscaling.*", but=_SWITCH, also=(_MULTI,)),
    inert(
        off("model.legacyCompat"),
        "healthPort",
        "metrics.enabled",
        "model.numGpus",
        "model.subPath",
        "model.modelStorePath",
    ),
)
