"""What each level of the Pod Security Standards forbids, and how a pod violates it.

Not checked, because no chart's values set them: Windows, AppArmor, SELinux, sysctls
and /proc.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from helm_llm.manifests.pod_template import PodTemplate
from helm_llm.typed import Object, mapping, mappings, number, shown, text, texts

Check = Callable[[PodTemplate], Iterator[str]]
"""Yields violations in words, such as `container vllm is privileged`."""


def _host_access(pod: PodTemplate) -> Iterator[str]:
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec.get(name) is True:
            yield f"{name} is true"
    for volume in pod.volumes:
        if "hostPath" in volume:
            yield f"volume {_name(volume)} is a hostPath"


def _baseline_contexts(pod: PodTemplate) -> Iterator[str]:
    for container in pod.containers:
        name = f"container {_name(container)}"
        context = mapping(container, "securityContext")
        if context.get("privileged") is True:
            yield f"{name} is privileged"
        if added := _capabilities(context, "add") - _BASELINE_CAPABILITIES:
            yield f"{name} adds {', '.join(sorted(added))}"
        if any(number(port, "hostPort") for port in mappings(container, "ports")):
            yield f"{name} uses a hostPort"
        if _seccomp_profile(context) == "Unconfined":
            yield f"{name} disables seccomp"


def _restricted_volumes(pod: PodTemplate) -> Iterator[str]:
    for volume in pod.volumes:
        for kind in volume:
            if kind in _RESTRICTED_VOLUMES:
                yield f"volume {_name(volume)} is of type {kind}"


def _restricted_contexts(pod: PodTemplate) -> Iterator[str]:
    for container in pod.containers:
        name = f"container {_name(container)}"
        context = mapping(container, "securityContext")
        # Only these fields can also be set for the whole pod.
        inherited = {**mapping(pod.spec, "securityContext"), **context}
        if inherited.get("runAsNonRoot") is not True:
            yield f"{name} does not set runAsNonRoot"
        if inherited.get("runAsUser") == 0:
            yield f"{name} runs as user 0"
        # _baseline_contexts already reports Unconfined.
        if _seccomp_profile(inherited) not in _SECCOMP_PROFILES:
            yield f"{name} does not set a seccompProfile"
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"{name} does not set allowPrivilegeEscalation to false"
        if "ALL" not in _capabilities(context, "drop"):
            yield f"{name} does not drop ALL capabilities"
        added = _capabilities(context, "add") & _BASELINE_CAPABILITIES
        if added := added - {"NET_BIND_SERVICE"}:
            yield f"{name} adds {', '.join(sorted(added))}"


def _name(part: Object) -> str:
    return shown(part.get("name"))


def _capabilities(context: Object, key: str) -> set[str]:
    return set(texts(context, "capabilities", key))


def _seccomp_profile(context: Object) -> str:
    return text(context, "seccompProfile", "type")


_BASELINE_CAPABILITIES = {
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
}
_SECCOMP_PROFILES = ("RuntimeDefault", "Localhost", "Unconfined")
_RESTRICTED_VOLUMES = {
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
BASELINE: tuple[Check, ...] = (_host_access, _baseline_contexts)
LEVELS: Mapping[str, tuple[Check, ...]] = {
    "baseline": BASELINE,
    "restricted": (*BASELINE, _restricted_volumes, _restricted_contexts),
}
"""The checks of each level that a namespace can enforce; `privileged` allows all."""
