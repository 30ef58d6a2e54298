"""What the pods of a chart expect to be there already: made by hand in a test, where the user's cluster has it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence

from helm_llm.harness.context import Site
from helm_llm.harness.expected_pods import templates
from helm_llm.harness.objects import name_of
from helm_llm.typed import Object, mapping, mappings, text

_DUMMY = "only-for-this-test"


def prerequisites(objects: Sequence[Object]) -> list[Object]:
    """Secrets, ConfigMaps, claims and RuntimeClasses that the pods name and the chart does not bring."""
    wanted: dict[tuple[str, str], dict[str, str]] = {}
    for template in templates(objects):
        for kind, name, key in _references(template.spec):
            keys = wanted.setdefault((kind, name), {})
            keys.update({key: _DUMMY} if key else {})
    brought = {(value.get("kind"), name_of(value)) for value in objects}
    made = [_MAKERS[kind](name, keys) for (kind, name), keys in wanted.items()]
    return [value for value in made if (value["kind"], name_of(value)) not in brought]


def missing(site: Site, objects: Sequence[Object]) -> list[Object]:
    """Those that are not in the cluster either."""
    return [value for value in prerequisites(objects) if not _is_there(site, value)]


def _is_there(site: Site, value: Object) -> bool:
    kind = (
        "runtimeclasses.node.k8s.io"
        if value["kind"] == "RuntimeClass"
        else f"{str(value['kind']).lower()}s"
    )
    return site.api.find(kind, name_of(value)) is not None


def _references(spec: Object) -> Iterator[tuple[str, str, str]]:
    """(kind, name, key) of what a pod cannot start without."""
    if name := text(spec, "runtimeClassName"):
        yield "RuntimeClass", name, ""
    for secret in mappings(spec, "imagePullSecrets"):
        if name := text(secret, "name"):
            yield "ImagePullSecret", name, ""
    for container in (*mappings(spec, "initContainers"), *mappings(spec, "containers")):
        yield from _of_environment(container)
    for volume in mappings(spec, "volumes"):
        yield from _of_volume(volume)


def _of_environment(container: Object) -> Iterator[tuple[str, str, str]]:
    for variable in mappings(container, "env"):
        for field, kind in (
            ("secretKeyRef", "Secret"),
            ("configMapKeyRef", "ConfigMap"),
        ):
            reference = mapping(variable, "valueFrom", field)
            name, key = text(reference, "name"), text(reference, "key")
            if name and key and not reference.get("optional"):
                yield kind, name, key
    for source in mappings(container, "envFrom"):
        for field, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
            reference = mapping(source, field)
            name = text(reference, "name")
            if name and not reference.get("optional"):
                yield kind, name, ""


def _of_volume(volume: Object) -> Iterator[tuple[str, str, str]]:
    if claim := text(volume, "persistentVolumeClaim", "claimName"):
        yield "PersistentVolumeClaim", claim, ""
    for field, kind, named in (
        ("secret", "Secret", "secretName"),
        ("configMap", "ConfigMap", "name"),
    ):
        source = mapping(volume, field)
        name = text(source, named)
        if name and not source.get("optional"):
            items = mappings(source, "items") or ({},)
            yield from ((kind, name, text(item, "key")) for item in items)


def _secret(name: str, keys: Mapping[str, str]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "stringData": dict(keys),
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


def _config_map(name: str, keys: Mapping[str, str]) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "data": dict(keys),
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
    return {
        "apiVersion": "node.k8s.io/v1",
        "kind": "RuntimeClass",
        "metadata": {"name": name},
        "handler": "runc",
    }


_MAKERS = {
    "Secret": _secret,
    "ImagePullSecret": _pull_secret,
    "ConfigMap": _config_map,
    "PersistentVolumeClaim": _claim,
    "RuntimeClass": _runtime_class,
}
