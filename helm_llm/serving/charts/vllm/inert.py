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
    inert(on("autoscaling.enabled"), "replicaCount"),
    inert(off("autoscaling.enabled"), "autoscaling.*", but=_SWITCH),
    inert(off("ingress.enabled"), "ingress.*", but=_SWITCH),
    inert(equals("service.type", "ClusterIP"), "service.nodePort"),
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
    inert(given("persistence.existingClaim"), *_CLAIM, also=(_KEPT,)),
    inert(given("persistence.hostPath.path"), *_CLAIM, also=(_KEPT,)),
    inert(given("persistence.nfs.server"), *_CLAIM, also=(_KEPT,)),
    inert(
        on("startupProbe.enabled"),
        "livenessProbe.initialDelaySeconds",
        "readinessProbe.initialDelaySeconds",
    ),
    inert(_SLOW_START, "startupProbe.*", but=_SWITCH),
    inert(
        _SLOW_START,
        "livenessProbe.*",
        "readinessProbe.*",
        but=("enabled", "initialDelaySeconds"),
    ),
    inert(
        on("init_drop_cache"),
        "securityContext.allowPrivilegeEscalation",
        "securityContext.runAsNonRoot",
        "securityContext.runAsUser",
        "securityContext.readOnlyRootFilesystem",
    ),
    inert(elsewhere("vllm.model"), "modelDownload.*"),
)
