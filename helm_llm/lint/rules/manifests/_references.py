"""Checks of reference-to-absent-object: each finds one kind of reference."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from helm_llm.keypath import KeyPath, lookup, scalars
from helm_llm.lint.origins import is_given, path_of
from helm_llm.lint.rule import Problem
from helm_llm.manifests.manifests import Manifests
from helm_llm.manifests.pod_template import PodTemplate, label
from helm_llm.typed import Object, mapping, mappings, shown, text


def _mounted_volumes(manifests: Manifests) -> Iterator[Problem]:
    for pod in manifests.pods:
        volumes = {shown(volume.get("name")) for volume in pod.volumes} | pod.claims
        for container in pod.containers:
            for mount in mappings(container, "volumeMounts"):
                name = shown(mount.get("name"))
                if name and name not in volumes:
                    yield Problem(
                        path_of(manifests, name),
                        f"{pod.owner} mounts volume {name}, "
                        "but its pod has no such volume",
                    )


def _scaled_workloads(manifests: Manifests) -> Iterator[Problem]:
    for scaler in manifests.of_kind("HorizontalPodAutoscaler").values():
        target = mapping(scaler, "spec", "scaleTargetRef")
        kind, name = text(target, "kind"), text(target, "name")
        if not kind or not name or is_given(manifests, name):
            continue
        if name not in manifests.of_kind(kind):
            message = f"{label(scaler)} scales {kind} {name}, {_NOT_IN_RELEASE}"
            yield Problem((), message)


def _ingress_backends(manifests: Manifests) -> Iterator[Problem]:
    services = manifests.of_kind("Service")
    for ingress in manifests.of_kind("Ingress").values():
        for path, name in scalars(ingress):
            if path[-3:] != _BACKEND_NAME or not isinstance(name, str):
                continue
            if is_given(manifests, name):
                continue
            sends = f"{label(ingress)} sends requests to"
            port = mapping(ingress, *path[:-1], "port")
            if name not in services:
                yield Problem((), f"{sends} Service {name}, {_NOT_IN_RELEASE}")
            elif port and not _has_port(services[name], port):
                wanted = shown(port.get("name") or port.get("number"))
                yield Problem(
                    (),
                    f"{sends} port {wanted} of Service {name}, "
                    "but the Service has no such port",
                )


def _has_port(service: Object, wanted: Object) -> bool:
    # A backend has either the number or the name of a port.
    if number := wanted.get("number"):
        key, expected = "port", number
    else:
        key, expected = "name", wanted.get("name")
    return any(port.get(key) == expected for port in _ports_of(service))


def _service_endpoints(manifests: Manifests) -> Iterator[Problem]:
    if not manifests.pods:
        return
    for service in manifests.of_kind("Service").values():
        selector = lookup(service, ("spec", "selector"))
        if not isinstance(selector, dict):
            continue
        pods = _selected_pods(manifests, selector)
        if not pods:
            pairs = (f"{key}={shown(value)}" for key, value in selector.items())
            yield Problem(
                (),
                f"{label(service)} selects pods with {', '.join(pairs)}, "
                "but no pod in the release has these labels",
            )
            continue
        for name in sorted(_target_names(service) - _port_names(pods)):
            yield Problem(
                path_of(manifests, name),
                f"{label(service)} sends requests to port {name}, "
                "but its pods have no port of that name",
            )


def _selected_pods(manifests: Manifests, selector: Object) -> list[PodTemplate]:
    """Pods with the selector's labels, or that may get them from an operator."""
    labels: dict[str, object] = {}
    # Releases may have thousands of pods: compare only those with the rarest label.
    candidates: Sequence[PodTemplate] = manifests.pods
    for key, value in selector.items():
        if key.startswith(_OPERATOR_LABELS):
            continue
        labels[key] = value
        with_label = manifests.labelled.get((key, shown(value)), ())
        candidates = min(candidates, with_label, key=len)
    return [pod for pod in candidates if labels.items() <= pod.labels.items()]


def _target_names(service: Object) -> set[str]:
    names: set[str] = set()
    for port in _ports_of(service):
        target = port.get("targetPort")
        if isinstance(target, str):
            names.add(target)
    return names


def _ports_of(service: Object) -> tuple[Object, ...]:
    return mappings(service, "spec", "ports")


def _port_names(pods: Sequence[PodTemplate]) -> set[str]:
    names: set[str] = set()
    for pod in pods:
        for container in pod.containers:
            for port in mappings(container, "ports"):
                names.add(text(port, "name"))
    return names


def _objects_used_by_pods(manifests: Manifests) -> Iterator[Problem]:
    for pod in manifests.pods:
        for path, name in scalars(pod.spec):
            kind = _kind_referred_to(path)
            if kind is None or not isinstance(name, str):
                continue
            if name in manifests.of_kind(kind):
                continue
            if _is_made_by_the_chart(manifests, name):
                yield Problem((), f"{pod.owner} uses {kind} {name}, {_NOT_IN_RELEASE}")


def _kind_referred_to(path: KeyPath) -> str | None:
    for ending, kind in _KINDS.items():
        if path[-len(ending) :] == ending:
            return kind
    return None


def _is_made_by_the_chart(manifests: Manifests, name: str) -> bool:
    """Whether a name begins with the name of another object in the release.

    Other names may belong to objects that already exist in the cluster.
    """
    if is_given(manifests, name):
        return False
    beginnings = (name[: dash.start()] for dash in re.finditer("-|$", name))
    return any(beginning in manifests.names for beginning in beginnings)


_NOT_IN_RELEASE = "but the release does not contain it"
_BACKEND_NAME = ("backend", "service", "name")
_OPERATOR_LABELS = (
    "training.kubeflow.org/",
    "leaderworkerset.sigs.k8s.io/",
    "apps.kubernetes.io/",
    "statefulset.kubernetes.io/",
)
"""Prefixes of labels that pods get only when an operator or controller creates them."""
_KINDS: Mapping[KeyPath, str] = {
    ("persistentVolumeClaim", "claimName"): "PersistentVolumeClaim",
    ("configMap", "name"): "ConfigMap",
    ("configMapRef", "name"): "ConfigMap",
    ("configMapKeyRef", "name"): "ConfigMap",
    ("serviceAccountName",): "ServiceAccount",
}
REFERENCES: tuple[Callable[[Manifests], Iterator[Problem]], ...] = (
    _mounted_volumes,
    _scaled_workloads,
    _ingress_backends,
    _service_endpoints,
    _objects_used_by_pods,
)
