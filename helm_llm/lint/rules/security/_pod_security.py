"""The Pod Security Standards: what a level forbids and a pod does, in words.

Left out is what none of the charts' values sets: Windows, AppArmor, SELinux, sysctls, /proc.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from helm_llm.manifests.pod_template import PodTemplate
from helm_llm.typed import Object, mapping, mappings, number, shown, text, texts

Check = Callable[[PodTemplate], Iterator[str]]


def _host_namespaces(pod: PodTemplate) -> Iterator[str]:
    yield from (
        name
        for name in ("hostNetwork", "hostPID", "hostIPC")
        if pod.spec.get(name) is True
    )


def _host_paths(pod: PodTemplate) -> Iterator[str]:
    yield from (
        f"the hostPath volume {_name(volume)}"
        for volume in pod.volumes
        if "hostPath" in volume
    )


def _baseline(pod: PodTemplate) -> Iterator[str]:
    for name, context, container in _contexts(pod):
        if context.get("privileged") is True:
            yield f"{name} is privileged"
        if added := _capabilities(context, "add") - _BASELINE_CAPABILITIES:
            yield f"{name} adds {', '.join(sorted(added))}"
        if any(number(port, "hostPort") for port in mappings(container, "ports")):
            yield f"{name} has a hostPort"
        if _profile(context) == "Unconfined":
            yield f"{name} is not confined by seccomp"


def _volumes(pod: PodTemplate) -> Iterator[str]:
    for volume in pod.volumes:
        yield from (
            f"the {kind} volume {_name(volume)}"
            for kind in volume
            if kind in _FORBIDDEN_VOLUMES
        )


def _restricted(pod: PodTemplate) -> Iterator[str]:
    whole = mapping(pod.spec, "securityContext")
    for name, context, _ in _contexts(pod):
        merged = {**whole, **context}
        if merged.get("runAsNonRoot") is not True:
            yield f"{name} without runAsNonRoot"
        if merged.get("runAsUser") == 0:
            yield f"{name} runs as user 0"
        if _profile(merged) not in ("RuntimeDefault", "Localhost", "Unconfined"):
            yield f"{name} without a seccompProfile"
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"{name} without allowPrivilegeEscalation false"
        if "ALL" not in _capabilities(context, "drop"):
            yield f"{name} does not drop ALL"
        if added := (_capabilities(context, "add") & _BASELINE_CAPABILITIES) - {
            "NET_BIND_SERVICE"
        }:
            yield f"{name} adds {', '.join(sorted(added))}"


def _contexts(pod: PodTemplate) -> Iterator[tuple[str, Object, Object]]:
    for container in pod.containers:
        yield (
            f"container {_name(container)}",
            mapping(container, "securityContext"),
            container,
        )


def _name(part: Object) -> str:
    return shown(part.get("name"))


def _capabilities(context: Object, key: str) -> set[str]:
    return set(texts(context, "capabilities", key))


def _profile(context: Object) -> str:
    return text(context, "seccompProfile", "type")


_BASELINE_CAPABILITIES = {
    *(
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
    ),
    *("SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
}
_FORBIDDEN_VOLUMES = {
    "cephfs",
    "fc",
    "flexVolume",
    "flocker",
    "glusterfs",
    "iscsi",
    "nfs",
    "portworxVolume",
    "rbd",
}
BASELINE: tuple[Check, ...] = (_host_namespaces, _host_paths, _baseline)
LEVELS: Mapping[str, tuple[Check, ...]] = {
    "baseline": BASELINE,
    "restricted": (*BASELINE, _volumes, _restricted),
}
"""What each level that can be enforced checks; `privileged` allows everything."""
