"""Objects that the pods of a chart expect to exist.

A user's cluster has them already; a test creates them, with dummy contents.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from helm_llm.harness.context import Context
from helm_llm.harness.expected_pods import expected_pods
from helm_llm.harness.objects import name_of
from helm_llm.typed import Object, mapping, mappings, text

_DUMMY = "only-for-this-test"

_Kind: TypeAlias = Literal[
    "Secret", "ImagePullSecret", "ConfigMap", "PersistentVolumeClaim", "RuntimeClass"
]


class _Reference(NamedTuple):
    """An object that a pod cannot start without, and the key it needs, if any."""

    kind: _Kind
    name: str
    key: str = ""


def prerequisites(objects: Sequence[Object]) -> list[Object]:
    """Build the objects that the pods refer to and the chart does not contain."""
    keys: dict[tuple[_Kind, str], dict[str, str]] = {}
    for pods in expected_pods(objects):
        for reference in _references(pods.spec):
            data = keys.setdefault((reference.kind, reference.name), {})
            if reference.key:
                data[reference.key] = _DUMMY
    rendered = {(value.get("kind"), name_of(value)) for value in objects}
    needed: list[Object] = []
    for (kind, name), data in keys.items():
        value = _BUILDERS[kind](name, data)
        # A pull secret is a Secret too, so the kind of the object counts.
        if (value["kind"], name) not in rendered:
            needed.append(value)
    return needed


def missing_prerequisites(context: Context, objects: Sequence[Object]) -> list[Object]:
    """Build those that the cluster does not contain either."""
    return [value for value in prerequisites(objects) if not _exists(context, value)]


def _exists(context: Context, value: Object) -> bool:
    kind = str(value["kind"])
    resource = f"{kind.lower()}s"
    if kind == "RuntimeClass":
        resource = "runtimeclasses.node.k8s.io"
    return context.api.find(resource, name_of(value)) is not None


def _references(spec: Object) -> Iterator[_Reference]:
    if name := text(spec, "runtimeClassName"):
        yield _Reference("RuntimeClass", name)
    for secret in mappings(spec, "imagePullSecrets"):
        if name := text(secret, "name"):
            yield _Reference("ImagePullSecret", name)
    for container in (*mappings(spec, "initContainers"), *mappings(spec, "containers")):
        for variable in mappings(container, "env"):
            yield from _variable_references(mapping(variable, "valueFrom"))
        for source in mappings(container, "envFrom"):
            yield from _source_references(source, "secretRef", "Secret")
            yield from _source_references(source, "configMapRef", "ConfigMap")
    for volume in mappings(spec, "volumes"):
        yield from _volume_references(volume)


def _variable_references(source: Object) -> Iterator[_Reference]:
    fields: tuple[tuple[str, _Kind], ...] = (
        ("secretKeyRef", "Secret"),
        ("configMapKeyRef", "ConfigMap"),
    )
    for field, kind in fields:
        reference = mapping(source, field)
        name, key = text(reference, "name"), text(reference, "key")
        if name and key and not reference.get("optional"):
            yield _Reference(kind, name, key)


def _source_references(source: Object, field: str, kind: _Kind) -> Iterator[_Reference]:
    reference = mapping(source, field)
    name = text(reference, "name")
    if name and not reference.get("optional"):
        yield _Reference(kind, name)


def _volume_references(volume: Object) -> Iterator[_Reference]:
    if claim := text(volume, "persistentVolumeClaim", "claimName"):
        yield _Reference("PersistentVolumeClaim", claim)
    fields: tuple[tuple[str, _Kind, str], ...] = (
        ("secret", "Secret", "secretName"),
        ("configMap", "ConfigMap", "name"),
    )
    for field, kind, name_field in fields:
        source = mapping(volume, field)
        name = text(source, name_field)
        if name and not source.get("optional"):
            # Without items the volume has all keys, and the pod starts with none.
            for item in mappings(source, "items") or ({},):
                yield _Reference(kind, name, text(item, "key"))


def _secret(name: str, data: Mapping[str, str]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "stringData": dict(data),
    }


def _pull_secret(name: str, _: Mapping[str, str]) -> Object:
    data = {".dockerconfigjson": base64.b64encode(b'{"auths": {}}').decode()}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {"name": name},
        "data": data,
    }


def _config_map(name: str, data: Mapping[str, str]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "data": dict(data),
    }


def _claim(name: str, _: Mapping[str, str]) -> Object:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
    }
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": spec,
    }


def _runtime_class(name: str, _: Mapping[str, str]) -> Object:
    # Every node has runc, and the simulator needs no GPU runtime.
    return {
        "apiVersion": "node.k8s.io/v1",
        "kind": "RuntimeClass",
        "metadata": {"name": name},
        "handler": "runc",
    }


_BUILDERS: Mapping[_Kind, Callable[[str, Mapping[str, str]], Object]] = {
    "Secret": _secret,
    "ImagePullSecret": _pull_secret,
    "ConfigMap": _config_map,
    "PersistentVolumeClaim": _claim,
    "RuntimeClass": _runtime_class,
}
