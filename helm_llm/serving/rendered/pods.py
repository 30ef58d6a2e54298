"""A rendered pod spec -> Pod."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm import typed
from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields, image, mounts, privileges, variables
from helm_llm.serving.read.placement import placement
from helm_llm.serving.read.probes import KINDS, is_authorized, probe
from helm_llm.serving.rendered.workloads import Workload
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Mount, Pod, Probe, Security, Variable
from helm_llm.serving.spec.source import Source

KSERVE_MODEL = "/mnt/models"


def pod(objects: Source, workload: Workload) -> Pod:
    """The pod that a workload's objects describe."""
    path, container = workload.pod, workload.container
    return Pod(
        images=tuple(_images(objects, workload)),
        pull_secrets=_pull_secrets(objects, path),
        variables=_variables(objects, workload),
        mounts=_mounts(objects, workload),
        volumes=mounts.volumes(objects, *path, "volumes"),
        probes=tuple(_probes(objects, container)),
        placement=placement(objects, path),
        security=_security(objects, path, container),
    )


def _security(objects: Source, pod: KeyPath, container: KeyPath) -> Security:
    own_context = (*container, "securityContext")
    pod_context = (*pod, "securityContext")
    granted = tuple(privileges.of_pod(objects, pod))
    user = privileges.user(objects, (own_context, pod_context))
    # Kubernetes has this setting for containers only, not for pods.
    read_only_root = privileges.read_only_root(objects, *own_context)
    return Security(granted, user, read_only_root)


def _images(objects: Source, workload: Workload) -> Iterator[Image]:
    engine = image.parts(objects, "engine", (*workload.container, "image"))
    if engine:
        yield engine
    path = (*workload.pod, "initContainers")
    containers = typed.sequence(objects.tree, *path)
    for index in range(len(containers)):
        init = image.parts(objects, "init", (*path, index, "image"))
        if init:
            yield init


def _mounts(objects: Source, workload: Workload) -> tuple[Mount, ...] | None:
    listed = mounts.mounts(objects, *workload.container, "volumeMounts")
    if listed is None or workload.model is None:
        return listed
    # KServe adds the model of an InferenceService to the mounts of its runtime.
    uri = (*workload.model, "storageUri")
    return (*listed, Mount("model", KSERVE_MODEL, uri))


def _variables(objects: Source, workload: Workload) -> tuple[Variable, ...] | None:
    """None if a ConfigMap or Secret adds variables with unknown names."""
    found: list[Variable] = []
    for path in workload.parts:
        if objects.get(*path, "envFrom"):
            return None
        found += variables.listed(objects, *path, "env")
    return tuple(found)


def _pull_secrets(objects: Source, pod: KeyPath) -> Field[tuple[str, ...]] | None:
    """None if the pod lists none, because its service account may have some."""
    names = image.secret_names(objects, *pod, "imagePullSecrets")
    if not any(names.value):
        return None
    return names


def _probes(objects: Source, container: KeyPath) -> Iterator[Probe]:
    for kind in KINDS:
        path = (*container, f"{kind}Probe")
        if not fields.table(objects, *path):
            continue
        http: Field[str] | None = None
        if _asks_its_container(objects, container, path):
            http = fields.field(objects, *path, "httpGet", "path")
        authorized = is_authorized(objects, path)
        found = probe(objects, path, kind, http, authorized=authorized)
        if found:
            yield found


def _asks_its_container(objects: Source, container: KeyPath, probe: KeyPath) -> bool:
    """Whether the probe's port belongs to its container."""
    ports = typed.mappings(objects.tree, *container, "ports")
    if not ports:
        # Without named ports, another container may open the port.
        containers = typed.sequence(objects.tree, *container[:-1])
        return len(containers) == 1
    asked = objects.get(*probe, "httpGet", "port")
    for port in ports:
        if asked == port.get("name"):
            return True
        if asked == port.get("containerPort"):
            return True
    return False
