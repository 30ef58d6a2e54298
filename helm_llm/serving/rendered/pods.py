"""A rendered pod template -> Pod."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm import typed
from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields, mounts, privileges, variables
from helm_llm.serving.rendered import texts
from helm_llm.serving.rendered.workloads import Workload
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import (
    Image,
    Mount,
    Placement,
    Pod,
    Probe,
    Security,
    Variable,
)
from helm_llm.values.layers import Values

KSERVE_MODEL = "/mnt/models"
_PROBES = ("startup", "readiness", "liveness")
_HOST = ("hostNetwork", "hostPID", "hostIPC")


def pod(objects: Values, workload: Workload) -> Pod:
    """What the template says of it."""
    container = workload.container
    return Pod(
        images=tuple(_images(objects, workload)),
        pull_secrets=_pull_secrets(objects, workload.pod),
        variables=_variables(objects, workload),
        mounts=_mounts(objects, workload),
        volumes=mounts.volumes(objects, *workload.pod, "volumes"),
        probes=tuple(_probes(objects, container)),
        placement=_placement(objects, workload.pod),
        security=_security(objects, workload),
    )


def image(objects: Values, role: str, path: KeyPath) -> Image | None:
    """The image of a container."""
    reference = fields.text(objects, *path)
    if not reference:
        return None
    parts = texts.image(reference)
    repository, tag = (
        Field(parts[part], (*path, part)) for part in ("repository", "tag")
    )
    return Image(role, repository, tag, parts["digest"])


def _images(objects: Values, workload: Workload) -> Iterator[Image]:
    count = len(typed.sequence(objects.tree, *workload.pod, "initContainers"))
    paths = [
        ("init", (*workload.pod, "initContainers", index, "image"))
        for index in range(count)
    ]
    for role, path in [("engine", (*workload.container, "image")), *paths]:
        if found := image(objects, role, path):
            yield found


def _mounts(objects: Values, workload: Workload) -> tuple[Mount, ...] | None:
    """KServe puts the model of an InferenceService beside what its runtime mounts."""
    listed = mounts.mounts(objects, *workload.container, "volumeMounts")
    if listed is None or workload.model is None:
        return listed
    return (*listed, Mount("model", KSERVE_MODEL, (*workload.model, "storageUri")))


def _variables(objects: Values, workload: Workload) -> tuple[Variable, ...] | None:
    """None where a ConfigMap or Secret gives the container variables that are not named."""
    paths = [path for path in (workload.container, workload.model) if path]
    if any(objects.get(*path, "envFrom") for path in paths):
        return None
    return tuple(
        one for path in paths for one in variables.listed(objects, *path, "env")
    )


def _pull_secrets(objects: Values, pod: KeyPath) -> Field[tuple[str, ...]] | None:
    """None where the pod lists none: its service account may."""
    named = (
        typed.text(item, "name")
        for item in typed.sequence(objects.tree, *pod, "imagePullSecrets")
    )
    known = tuple(name for name in named if name)
    return Field(known, (*pod, "imagePullSecrets")) if known else None


def _probes(objects: Values, container: KeyPath) -> Iterator[Probe]:
    for kind in _PROBES:
        path = (*container, f"{kind}Probe")
        delay = fields.whole(objects, *path, "initialDelaySeconds", default=0)
        period = fields.whole(objects, *path, "periodSeconds", default=10)
        threshold = fields.whole(objects, *path, "failureThreshold", default=3)
        if (
            fields.table(objects, *path)
            and delay is not None
            and period is not None
            and threshold is not None
        ):
            asked = (
                fields.field(objects, *path, "httpGet", "path")
                if _asks_itself(objects, container, path)
                else None
            )
            headers = fields.names(objects, *path, "httpGet", "httpHeaders")
            authorized = "authorization" in {header.lower() for header in headers}
            yield Probe(kind, True, path, asked, authorized, delay, period, threshold)


def _asks_itself(objects: Values, container: KeyPath, probe: KeyPath) -> bool:
    """Whether the probe goes to a port of its own container; one that names none has to be the only one."""
    ports = typed.mappings(objects.tree, *container, "ports")
    asked = objects.get(*probe, "httpGet", "port")
    alone = len(typed.sequence(objects.tree, *container[:-1])) == 1
    return (
        alone
        if not ports
        else any(
            asked in (port.get("name"), port.get("containerPort")) for port in ports
        )
    )


def _placement(objects: Values, pod: KeyPath) -> Placement:
    return Placement(
        node_selector=Field(
            fields.table(objects, *pod, "nodeSelector"), (*pod, "nodeSelector")
        ),
        affinity=Field(fields.table(objects, *pod, "affinity"), (*pod, "affinity")),
        tolerations=Field(
            typed.mappings(objects.tree, *pod, "tolerations"), (*pod, "tolerations")
        ),
        scheduler=Field(
            fields.text(objects, *pod, "schedulerName") or "", (*pod, "schedulerName")
        ),
        runtime_class=fields.text(objects, *pod, "runtimeClassName") or "",
    )


def _security(objects: Values, workload: Workload) -> Security:
    own, shared = (
        (*workload.container, "securityContext"),
        (*workload.pod, "securityContext"),
    )
    user = next(
        (
            path
            for path in ((*own, "runAsUser"), (*shared, "runAsUser"))
            if objects.get(*path) is not None
        ),
        None,
    )
    number = fields.whole(objects, *user) if user else None
    read_only = fields.switch(objects, *own, "readOnlyRootFilesystem")
    return Security(
        privileges=tuple(_privileges(objects, workload.pod)),
        user=Field(number, user) if user and number is not None else None,
        read_only_root=Field(read_only, (*own, "readOnlyRootFilesystem"))
        if read_only is not None
        else None,
    )


def _privileges(objects: Values, pod: KeyPath) -> Iterator[tuple[str, Field[str]]]:
    yield from privileges.listed(
        objects, (*pod, "initContainers"), (*pod, "containers")
    )
    yield from (
        ("pod", Field(key, (*pod, key)))
        for key in _HOST
        if objects.get(*pod, key) is True
    )
