"""Settings that a chart does not read while another one, the gate, has a certain value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from helm_llm.keypath import MISSING, KeyPath, lookup


def path(text: str) -> KeyPath:
    """`a.b.*` as a path; no key of these tables holds a dot."""
    return tuple(text.split("."))


@dataclass(frozen=True, slots=True)
class Gate:
    """A value that closes off other settings."""

    path: KeyPath
    closes: Callable[[Any], bool]

    def is_closed(self, tree: Any) -> bool:
        """Whether it closes them in these values."""
        return self.closes(lookup(tree, self.path))


def on(name: str) -> Gate:
    """Closed by true."""
    return Gate(path(name), lambda value: value is True)


def off(name: str) -> Gate:
    """Closed by false; a switch that is absent is off."""
    return Gate(path(name), lambda value: value is False or value is MISSING)


def given(name: str) -> Gate:
    """Closed by any text."""
    return Gate(path(name), lambda value: isinstance(value, str) and value != "")


def equals(name: str, text: str) -> Gate:
    """Closed by one text."""
    return Gate(path(name), lambda value: value == text)


def elsewhere(name: str) -> Gate:
    """Closed by a model that is no repository of the Hub: an absolute path or a URI."""
    return Gate(path(name), lambda value: isinstance(value, str) and (value.startswith("/") or "://" in value))


@dataclass(frozen=True, slots=True)
class Row:
    """While the gate is closed, and the other gates are too, the settings have no effect.

    `a.*` stands for every key of `a` but those in `but`.
    """

    gate: Gate
    settings: tuple[str, ...]
    but: tuple[str, ...] = ()
    also: tuple[Gate, ...] = ()

    def applies(self, tree: Any) -> bool:
        """Whether the settings have no effect in these values."""
        return self.gate.is_closed(tree) and all(gate.is_closed(tree) for gate in self.also)

    def paths(self, tree: Any) -> tuple[KeyPath, ...]:
        """The settings these values hold."""
        found: list[KeyPath] = []
        for setting in map(path, self.settings):
            if setting[-1] != "*":
                found.append(setting)
                continue
            inside = lookup(tree, setting[:-1])
            keys = [key for key in inside if key not in self.but] if isinstance(inside, Mapping) else []
            found += [(*setting[:-1], key) for key in keys]
        return tuple(found)


_SWITCH = ("enabled",)
_NIM_CLAIM = ("persistence.size", "persistence.storageClass", "persistence.annotations")
_NIM_TEMPLATE = ("persistence.stsPersistentVolumeClaimRetentionPolicy",)
_SINGLE, _MULTI = off("multiNode.enabled"), on("multiNode.enabled")
_LWS, _MPI = on("multiNode.leaderWorkerSet.enabled"), off("multiNode.leaderWorkerSet.enabled")
_KEPT = on("persistence.enabled")

NIM_LLM: tuple[Row, ...] = (
    Row(on("autoscaling.enabled"), ("replicaCount",), also=(_SINGLE,)),
    Row(on("autoscaling.enabled"), ("replicaCount",), also=(_MULTI, _LWS)),
    Row(off("autoscaling.enabled"), ("autoscaling.*",), _SWITCH),
    Row(off("ingress.enabled"), ("ingress.*",), _SWITCH),
    Row(off("persistence.enabled"), ("persistence.*",), _SWITCH),
    Row(given("persistence.existingClaim"), (*_NIM_CLAIM, *_NIM_TEMPLATE), also=(_KEPT,)),
    Row(off("statefulSet.enabled"), _NIM_TEMPLATE, also=(_KEPT,)),
    Row(equals("persistence.accessMode", "ReadWriteMany"), _NIM_TEMPLATE, also=(_KEPT,)),
    Row(off("hostPath.enabled"), ("hostPath.*",), _SWITCH),
    Row(off("nfs.enabled"), ("nfs.*",), _SWITCH),
    Row(off("multiNode.enabled"), ("multiNode.*",), _SWITCH),
    Row(_MULTI, ("customArgs", "initContainers.ngcInit", "statefulSet.enabled", *_NIM_TEMPLATE)),
    Row(_LWS, ("multiNode.mpiJob.*", "multiNode.optimized.enabled"), also=(_MULTI,)),
    Row(
        _MPI,
        (
            "multiNode.existingSSHSecret",
            "multiNode.workerCustomCommand",
            "multiNode.clusterStartTimeout",
            "livenessProbe.*",
            "readinessProbe.*",
            "startupProbe.*",
        ),
        also=(_MULTI,),
    ),
    Row(_MPI, ("autoscaling.*",), _SWITCH, also=(_MULTI,)),
    Row(
        off("model.legacyCompat"),
        ("healthPort", "metrics.enabled", "model.numGpus", "model.subPath", "model.modelStorePath"),
    ),
)

_VLLM_CLAIM = ("persistence.size", "persistence.storageClass", "persistence.annotations")
_SLOW_START = on("slowStart.enabled")

VLLM: tuple[Row, ...] = (
    Row(on("autoscaling.enabled"), ("replicaCount",)),
    Row(off("autoscaling.enabled"), ("autoscaling.*",), _SWITCH),
    Row(off("ingress.enabled"), ("ingress.*",), _SWITCH),
    Row(equals("service.type", "ClusterIP"), ("service.nodePort",)),
    Row(off("persistence.enabled"), ("persistence.hostPath.*", "persistence.nfs.*")),
    Row(
        off("persistence.enabled"),
        ("persistence.*",),
        ("enabled", "mountPath", "subPath", "ephemeralSizeLimit", "hostPath", "nfs"),
    ),
    Row(on("persistence.enabled"), ("persistence.ephemeralSizeLimit",)),
    Row(given("persistence.existingClaim"), _VLLM_CLAIM, also=(_KEPT,)),
    Row(given("persistence.hostPath.path"), _VLLM_CLAIM, also=(_KEPT,)),
    Row(given("persistence.nfs.server"), _VLLM_CLAIM, also=(_KEPT,)),
    Row(on("startupProbe.enabled"), ("livenessProbe.initialDelaySeconds", "readinessProbe.initialDelaySeconds")),
    Row(_SLOW_START, ("startupProbe.*",), _SWITCH),
    Row(_SLOW_START, ("livenessProbe.*", "readinessProbe.*"), ("enabled", "initialDelaySeconds")),
    Row(
        on("init_drop_cache"),
        (
            "securityContext.allowPrivilegeEscalation",
            "securityContext.runAsNonRoot",
            "securityContext.runAsUser",
            "securityContext.readOnlyRootFilesystem",
        ),
    ),
    Row(elsewhere("vllm.model"), ("modelDownload.*",)),
)

Table: TypeAlias = Mapping[str, tuple[Row, ...]]

GATES: Table = {"nim-llm": NIM_LLM, "vllm": VLLM}
