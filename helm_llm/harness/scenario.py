"""What the pods of a chart expect to be there already: made by hand in a test, where the user's cluster has it."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from helm_llm.harness.paths import at, name_of
from helm_llm.harness.site import Site
from helm_llm.harness.templates import templates

Object = Mapping[str, Any]

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
    kind = "runtimeclasses.node.k8s.io" if value["kind"] == "RuntimeClass" else f"{str(value['kind']).lower()}s"
    return site.api.find(kind, name_of(value)) is not None


def _references(spec: Object) -> Iterator[tuple[str, str, str]]:
    """(kind, name, key) of what a pod cannot start without."""
    if name := spec.get("runtimeClassName"):
        yield "RuntimeClass", str(name), ""
    for secret in spec.get("imagePullSecrets") or ():
        yield "ImagePullSecret", str(secret["name"]), ""
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        yield from _of_environment(container)
    for volume in spec.get("volumes") or ():
        yield from _of_volume(volume)


def _of_environment(container: Object) -> Iterator[tuple[str, str, str]]:
    for variable in container.get("env") or ():
        for field, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
            reference = at(variable, "valueFrom", field)
            if reference and not reference.get("optional"):
                yield kind, str(reference["name"]), str(reference["key"])
    for source in container.get("envFrom") or ():
        for field, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
            reference = source.get(field)
            if reference and not reference.get("optional"):
                yield kind, str(reference["name"]), ""


def _of_volume(volume: Object) -> Iterator[tuple[str, str, str]]:
    if claim := at(volume, "persistentVolumeClaim", "claimName"):
        yield "PersistentVolumeClaim", str(claim), ""
    for field, kind, named in (("secret", "Secret", "secretName"), ("configMap", "ConfigMap", "name")):
        source = volume.get(field)
        if source and source.get(named) and not source.get("optional"):
            items = source.get("items") or ({"key": ""},)
            yield from ((kind, str(source[named]), str(item["key"])) for item in items)


def _secret(name: str, keys: Mapping[str, str]) -> Object:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": dict(keys)}


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
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": dict(keys)}


def _claim(name: str, _: Mapping[str, str]) -> Object:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name}, "spec": spec}


def _runtime_class(name: str, _: Mapping[str, str]) -> Object:
    return {"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": name}, "handler": "runc"}


_MAKERS = {
    "Secret": _secret,
    "ImagePullSecret": _pull_secret,
    "ConfigMap": _config_map,
    "PersistentVolumeClaim": _claim,
    "RuntimeClass": _runtime_class,
}
