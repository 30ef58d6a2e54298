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
    # The autoscaler sets the number of replicas. An MPIJob never has one.
    inert(on("autoscaling.enabled"), "replicaCount", also=(_SINGLE,)),
    inert(on("autoscaling.enabled"), "replicaCount", also=(_MULTI, _LWS)),
    inert(off("autoscaling.enabled"), "autoscaling.*", but=_SWITCH),
    inert(off("ingress.enabled"), "ingress.*", but=_SWITCH),
    inert(off("persistence.enabled"), "persistence.*", but=_SWITCH),
    # The chart creates a claim only if the values name no existing one.
    inert(given("persistence.existingClaim"), *_CLAIM, _RETENTION, also=(_KEPT,)),
    # Only a StatefulSet with a claim for each replica has a retention policy.
    inert(off("statefulSet.enabled"), _RETENTION, also=(_KEPT,)),
    inert(equals("persistence.accessMode", "ReadWriteMany"), _RETENTION, also=(_KEPT,)),
    inert(off("hostPath.enabled"), "hostPath.*", but=_SWITCH),
    inert(off("nfs.enabled"), "nfs.*", but=_SWITCH),
    inert(off("multiNode.enabled"), "multiNode.*", but=_SWITCH),
    # With several nodes there is neither a Deployment nor a StatefulSet.
    inert(
        _MULTI,
        "customArgs",
        "initContainers.ngcInit",
        "statefulSet.enabled",
        _RETENTION,
    ),
    # A LeaderWorkerSet and an MPIJob read different settings.
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
    # Only images from before 1.0 need these.
    inert(
        off("model.legacyCompat"),
        "healthPort",
        "metrics.enabled",
        "model.numGpus",
        "model.subPath",
        "model.modelStorePath",
    ),
)
