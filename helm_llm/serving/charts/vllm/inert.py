"""The chart vllm: settings that have no effect, and under which conditions."""

from __future__ import annotations

from helm_llm.serving.charts.inert import (
    InertSettings,
    elsewhere,
    equals,
    given,
    inert,
    off,
    on,
)

_SWITCH = ("enabled",)
_CLAIM = ("persistence.size", "persistence.storageClass", "persistence.annotations")
_KEPT = on("persistence.enabled")
_SLOW_START = on("slowStart.enabled")

INERT: tuple[InertSettings, ...] = (
    # The autoscaler sets the number of replicas.
    inert(on("autoscaling.enabled"), "replicaCount"),
    inert(off("autoscaling.enabled"), "autoscaling.*", but=_SWITCH),
    inert(off("ingress.enabled"), "ingress.*", but=_SWITCH),
    # Only a NodePort or LoadBalancer Service has a node port.
    inert(equals("service.type", "ClusterIP"), "service.nodePort"),
    # Without persistence the cache is an emptyDir, mounted at the same path.
    inert(off("persistence.enabled"), "persistence.hostPath.*", "persistence.nfs.*"),
    inert(
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
    inert(on("persistence.enabled"), "persistence.ephemeralSizeLimit"),
    # Each of these replaces the claim that the chart would create.
    inert(given("persistence.existingClaim"), *_CLAIM, also=(_KEPT,)),
    inert(given("persistence.hostPath.path"), *_CLAIM, also=(_KEPT,)),
    inert(given("persistence.nfs.server"), *_CLAIM, also=(_KEPT,)),
    # Other probes start after the startup probe, so the chart leaves out their delays.
    inert(
        on("startupProbe.enabled"),
        "livenessProbe.initialDelaySeconds",
        "readinessProbe.initialDelaySeconds",
    ),
    # Slow start derives all probes from slowStart.maxStartupSeconds.
    inert(_SLOW_START, "startupProbe.*", but=_SWITCH),
    inert(
        _SLOW_START,
        "livenessProbe.*",
        "readinessProbe.*",
        but=("enabled", "initialDelaySeconds"),
    ),
    # The page cache can only be dropped by root in a privileged container.
    inert(
        on("init_drop_cache"),
        "securityContext.allowPrivilegeEscalation",
        "securityContext.runAsNonRoot",
        "securityContext.runAsUser",
        "securityContext.readOnlyRootFilesystem",
    ),
    # The init container downloads only from the Hub.
    inert(elsewhere("vllm.model"), "modelDownload.*"),
)
