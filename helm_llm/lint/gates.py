"""Settings that a chart does not read while another one, the gate, has a certain value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from helm_llm.keypath import MISSING, KeyPath, lookup


def _path(text: str) -> KeyPath:
    return tuple(text.split("."))  # no key of these tables holds a dot


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
    return Gate(_path(name), lambda value: value is True)


def off(name: str) -> Gate:
    """Closed by false; a switch that is absent is off."""
    return Gate(_path(name), lambda value: value is False or value is MISSING)


def given(name: str) -> Gate:
    """Closed by any text."""
    return Gate(_path(name), lambda value: isinstance(value, str) and value != "")


def equals(name: str, text: str) -> Gate:
    """Closed by one text."""
    return Gate(_path(name), lambda value: value == text)


def elsewhere(name: str) -> Gate:
    """Closed by a model that is no repository of the Hub: an absolute path or a URI."""
    return Gate(_path(name), lambda value: isinstance(value, str) and (value.startswith("/") or "://" in value))


@dataclass(frozen=True, slots=True)
class Row:
    """While the gate is closed, and the other gates are too, the settings have no effect.

    `("a", "*")` stands for every key of `a` but those in `but`.
    """

    gate: Gate
    settings: tuple[KeyPath, ...]
    but: tuple[str, ...] = ()
    also: tuple[Gate, ...] = ()

    def applies(self, tree: Any) -> bool:
        """Whether the settings have no effect in these values."""
        return self.gate.is_closed(tree) and all(gate.is_closed(tree) for gate in self.also)

    def changed(self, tree: Any, defaults: Any) -> Iterator[KeyPath]:
        """The settings that differ from the chart's defaults."""
        for setting in self.settings:
            above, key = setting[:-1], setting[-1]
            here, there = lookup(tree, above), lookup(defaults, above)
            if here is there or not isinstance(here, Mapping):  # merging shares what no layer touched
                continue
            keys = [key] if key != "*" else [name for name in here if name not in self.but]
            default = there if isinstance(there, Mapping) else {}
            yield from (
                (*above, name) for name in keys if here.get(name) is not None and here[name] != default.get(name)
            )


def _row(gate: Gate, *settings: str, but: tuple[str, ...] = (), also: tuple[Gate, ...] = ()) -> Row:
    return Row(gate, tuple(map(_path, settings)), but, also)


_SWITCH = ("enabled",)
_CLAIM = ("persistence.size", "persistence.storageClass", "persistence.annotations")
_RETENTION = "persistence.stsPersistentVolumeClaimRetentionPolicy"
_KEPT = on("persistence.enabled")
_SINGLE, _MULTI = off("multiNode.enabled"), on("multiNode.enabled")
_LWS, _MPI = on("multiNode.leaderWorkerSet.enabled"), off("multiNode.leaderWorkerSet.enabled")

NIM_LLM: tuple[Row, ...] = (
    _row(on("autoscaling.enabled"), "replicaCount", also=(_SINGLE,)),
    _row(on("autoscaling.enabled"), "replicaCount", also=(_MULTI, _LWS)),
    _row(off("autoscaling.enabled"), "autoscaling.*", but=_SWITCH),
    _row(off("ingress.enabled"), "ingress.*", but=_SWITCH),
    _row(off("persistence.enabled"), "persistence.*", but=_SWITCH),
    _row(given("persistence.existingClaim"), *_CLAIM, _RETENTION, also=(_KEPT,)),
    _row(off("statefulSet.enabled"), _RETENTION, also=(_KEPT,)),
    _row(equals("persistence.accessMode", "ReadWriteMany"), _RETENTION, also=(_KEPT,)),
    _row(off("hostPath.enabled"), "hostPath.*", but=_SWITCH),
    _row(off("nfs.enabled"), "nfs.*", but=_SWITCH),
    _row(off("multiNode.enabled"), "multiNode.*", but=_SWITCH),
    _row(_MULTI, "customArgs", "initContainers.ngcInit", "statefulSet.enabled", _RETENTION),
    _row(_LWS, "multiNode.mpiJob.*", "multiNode.optimized.enabled", also=(_MULTI,)),
    _row(
        _MPI,
        "multiNode.existingSSHSecret",
        "multiNode.workerCustomCommand",
        "multiNode.clusterStartTimeout",
        "livenessProbe.*",
        "readinessProbe.*",
        "startupProbe.*",
        also=(_MULTI,),
    ),
    _row(_MPI, "autoscaling.*", but=_SWITCH, also=(_MULTI,)),
    _row(
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
    _row(on("autoscaling.enabled"), "replicaCount"),
    _row(off("autoscaling.enabled"), "autoscaling.*", but=_SWITCH),
    _row(off("ingress.enabled"), "ingress.*", but=_SWITCH),
    _row(equals("service.type", "ClusterIP"), "service.nodePort"),
    _row(off("persistence.enabled"), "persistence.hostPath.*", "persistence.nfs.*"),
    _row(
        off("persistence.enabled"),
        "persistence.*",
        but=("enabled", "mountPath", "subPath", "ephemeralSizeLimit", "hostPath", "nfs"),
    ),
    _row(on("persistence.enabled"), "persistence.ephemeralSizeLimit"),
    _row(given("persistence.existingClaim"), *_CLAIM, also=(_KEPT,)),
    _row(given("persistence.hostPath.path"), *_CLAIM, also=(_KEPT,)),
    _row(given("persistence.nfs.server"), *_CLAIM, also=(_KEPT,)),
    _row(on("startupProbe.enabled"), "livenessProbe.initialDelaySeconds", "readinessProbe.initialDelaySeconds"),
    _row(_SLOW_START, "startupProbe.*", but=_SWITCH),
    _row(_SLOW_START, "livenessProbe.*", "readinessProbe.*", but=("enabled", "initialDelaySeconds")),
    _row(
        on("init_drop_cache"),
        "securityContext.allowPrivilegeEscalation",
        "securityContext.runAsNonRoot",
        "securityContext.runAsUser",
        "securityContext.readOnlyRootFilesystem",
    ),
    _row(elsewhere("vllm.model"), "modelDownload.*"),
)

GATES: Mapping[str, tuple[Row, ...]] = {"nim-llm": NIM_LLM, "vllm": VLLM}
"""The rows of each chart, by its name."""
