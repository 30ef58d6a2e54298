"""The chart vllm: the pod of its Deployment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_llm.serving.charts.vllm.probes import probes
from helm_llm.serving.charts.vllm.storage import volume_mounts, volumes
from helm_llm.serving.read import fields, privileges
from helm_llm.serving.read.image import engine, init_images, pull_secrets, reference
from helm_llm.serving.read.mounts import bare
from helm_llm.serving.read.placement import placement
from helm_llm.serving.read.ports import host, listens
from helm_llm.serving.read.variables import listed, made
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Pod, Security, Variable
from helm_llm.values.layers import Values

SHARE = ("kaischeduler",)
_CONTEXT, _DROP_CACHE = ("securityContext",), ("init_drop_cache",)
_DOWNLOAD = ("modelDownload", "enabled")
_CACHES = {
    "HF_HOME": "huggingface",
    "VLLM_CACHE_ROOT": "vllm",
    "TRITON_CACHE_DIR": "triton",
}
_SECRETS = {"HF_TOKEN": "huggingfaceToken", "VLLM_API_KEY": "apiKey"}


def fetches(values: Values) -> bool:
    """Whether an init container downloads the model; a path or an object-store URI never is."""
    elsewhere = re.match(r"/|[a-z0-9]+://", fields.text(values, "vllm", "model") or "/")
    return fields.switch(values, *_DOWNLOAD) is True and elsewhere is None


def pod(values: Values, command: CommandLine) -> Pod:
    """What the chart makes of these values."""
    main = engine(values)
    return Pod(
        images=(main, *_init_images(values)) if main else None,
        pull_secrets=pull_secrets(values),
        variables=(*_made(values), *listed(values, "vllm", "env")),
        unnamed_variables=bool(values.get("vllm", "envFrom")),
        mounts=volume_mounts(values),
        volumes=volumes(values),
        probes=probes(values),
        listens=listens(command),
        targets=tuple(_targets(values)),
        host=host(command),
        placement=placement(
            values, scheduler="kai-scheduler" if fields.table(values, *SHARE) else ""
        ),
        security=_security(values),
        shared_memory=_shared_memory(values),
        custom_command=False,
    )


def _security(values: Values) -> Security:
    """Dropping the page cache makes the container privileged, whatever its own context says."""
    listed_by_user = tuple(
        privileges.listed(values, "extraInitContainers", "extraContainers")
    )
    if fields.switch(values, *_DROP_CACHE):
        forced = (
            ("container vllm", Field("privileged", _DROP_CACHE)),
            ("pod", Field("hostPID", _DROP_CACHE)),
        )
        return Security((*forced, *listed_by_user))
    return Security(
        privileges=(*privileges.container(values, "vllm", *_CONTEXT), *listed_by_user),
        user=privileges.user(values, (_CONTEXT, ("podSecurityContext",))),
        read_only_root=privileges.read_only_root(values, *_CONTEXT),
    )


def _init_images(values: Values) -> Iterator[Image]:
    own = fields.field(values, "modelDownload", "image") if fetches(values) else None
    if own:
        yield reference("init", own)
    yield from init_images(values, "extraInitContainers")


def _made(values: Values) -> Iterator[Variable]:
    cache = bare(fields.text(values, "persistence", "mountPath") or "")
    for name, directory in _CACHES.items():
        yield made(
            name, f"{cache}/{directory}", "persistence", "mountPath", shared=True
        )
    if fields.switch(values, "slowStart", "enabled"):
        seconds = fields.scalar(values.get("slowStart", "maxStartupSeconds"))
        yield made(
            "VLLM_ENGINE_READY_TIMEOUT_S",
            seconds,
            "slowStart",
            "maxStartupSeconds",
            shared=True,
        )
    if fetches(values):
        yield made("HF_HUB_OFFLINE", "1", *_DOWNLOAD, shared=True)
    for name, key in _SECRETS.items():
        source = next(
            (kind for kind in ("existingSecret", "value") if values.get(key, kind)),
            None,
        )
        if source:
            yield made(name, None, key, source)


def _targets(values: Values) -> Iterator[Field[int]]:
    """The container's port, and the Service's target if it is a number; unknown where a proxy may stand between."""
    given = (
        fields.number(values, *path)
        for path in (("vllm", "port"), ("service", "targetPort"))
    )
    if not values.get("extraContainers"):
        yield from filter(None, given)


def _shared_memory(values: Values) -> Field[str] | None:
    return (
        fields.field(values, "shm", "sizeLimit")
        if fields.switch(values, "shm", "enabled")
        else None
    )
