"""What objects of a release refer to, and that is not in the release: which object, which kind, which name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from helm_llm.keypath import KeyPath, lookup, scalars
from helm_llm.lint.trace import is_given
from helm_llm.manifests.manifests import Manifests
from helm_llm.manifests.pod_template import PodTemplate, label
from helm_llm.typed import Object, mapping, mappings, shown, text

Missing = tuple[str, str, str]


def _volumes(manifests: Manifests) -> Iterator[Missing]:
    for pod in manifests.pods:
        names = {shown(volume.get("name")) for volume in pod.volumes} | pod.claims
        for container in pod.containers:
            mounted = (
                shown(mount.get("name"))
                for mount in mappings(container, "volumeMounts")
            )
            yield from (
                (pod.owner, "volume", name)
                for name in mounted
                if name and name not in names
            )


def _scaled(manifests: Manifests) -> Iterator[Missing]:
    for scaler in manifests.of_kind("HorizontalPodAutoscaler").values():
        kind, name = (
            text(scaler, "spec", "scaleTargetRef", key) for key in ("kind", "name")
        )
        if (
            kind
            and name
            and name not in manifests.of_kind(kind)
            and not is_given(manifests, name)
        ):
            yield label(scaler), kind, name


def _backends(manifests: Manifests) -> Iterator[Missing]:
    services = manifests.of_kind("Service")
    for ingress in manifests.of_kind("Ingress").values():
        for path, name in scalars(ingress):
            if (
                path[-3:] != ("backend", "service", "name")
                or not isinstance(name, str)
                or is_given(manifests, name)
            ):
                continue
            port = mapping(ingress, *path[:-1], "port")
            if name not in services:
                yield label(ingress), "Service", name
            elif port and not _offers(services[name], port):
                yield (
                    label(ingress),
                    "port",
                    f"{shown(port.get('name') or port.get('number'))} of Service {name}",
                )


def _offers(service: Object, wanted: Object) -> bool:
    name, number = wanted.get("name"), wanted.get("number")
    return any(
        port.get("port") == number if number else port.get("name") == name
        for port in _ports_of(service)
    )


def _endpoints(manifests: Manifests) -> Iterator[Missing]:
    for service in manifests.of_kind("Service").values():
        selector = lookup(service, ("spec", "selector"))
        if not manifests.pods or not isinstance(selector, dict):
            continue
        pods = [pod for pod in _likely(manifests, selector) if _selects(selector, pod)]
        if not pods:
            chosen = ", ".join(
                f"{key}={shown(value)}" for key, value in selector.items()
            )
            yield label(service), "pods with", chosen
        else:
            yield from (
                (label(service), "port", name)
                for name in _targets(service) - _ports(pods)
            )


def _likely(manifests: Manifests, selector: Object) -> Sequence[PodTemplate]:
    """The pods with that label of a selector which fewest have."""
    labels = (
        (key, shown(value))
        for key, value in selector.items()
        if not key.startswith(_OPERATORS)
    )
    return min(
        (manifests.labelled.get(one, ()) for one in labels),
        key=len,
        default=manifests.pods,
    )


def _selects(selector: Object, pod: PodTemplate) -> bool:
    """Whether the pod has these labels, or may get them from an operator."""
    return all(
        pod.labels.get(key) == value
        for key, value in selector.items()
        if not key.startswith(_OPERATORS)
    )


def _targets(service: Object) -> set[str]:
    targets = (port.get("targetPort") for port in _ports_of(service))
    return {target for target in targets if isinstance(target, str)}


def _ports_of(service: Object) -> tuple[Object, ...]:
    return mappings(service, "spec", "ports")


def _ports(pods: list[PodTemplate]) -> set[str]:
    containers = (container for pod in pods for container in pod.containers)
    return {
        text(port, "name")
        for container in containers
        for port in mappings(container, "ports")
    }


def _used_by_pods(manifests: Manifests) -> Iterator[Missing]:
    for pod in manifests.pods:
        for path, name in scalars(pod.spec):
            kind = next(
                (kind for end, kind in _NAMED.items() if path[-len(end) :] == end), None
            )
            if not kind or not isinstance(name, str) or name in manifests.of_kind(kind):
                continue
            if _made_by_the_chart(manifests, name):
                yield pod.owner, kind, name


def _made_by_the_chart(manifests: Manifests, name: str) -> bool:
    """Whether a name is made of the name that the objects of the release share."""
    beginnings = (name[: dash.start()] for dash in re.finditer("-|$", name))
    return any(other in manifests.names for other in beginnings) and not is_given(
        manifests, name
    )


_OPERATORS = (
    "training.kubeflow.org/",
    "leaderworkerset.sigs.k8s.io/",
    "apps.kubernetes.io/",
    "statefulset.kubernetes.io/",
)
"""Labels that the pods get when they are made."""
_NAMED: Mapping[KeyPath, str] = {
    ("persistentVolumeClaim", "claimName"): "PersistentVolumeClaim",
    ("configMap", "name"): "ConfigMap",
    ("configMapRef", "name"): "ConfigMap",
    ("configMapKeyRef", "name"): "ConfigMap",
    ("serviceAccountName",): "ServiceAccount",
}
REFERENCES: tuple[Callable[[Manifests], Iterator[Missing]], ...] = (
    _volumes,
    _scaled,
    _backends,
    _endpoints,
    _used_by_pods,
)
