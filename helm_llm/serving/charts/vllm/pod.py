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
from helm_llm.serving.read.variables import by_chart, listed
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Pod, Security, Variable
from helm_llm.serving.spec.source import Source

SHARE = ("kaischeduler",)
_CONTEXT = ("securityContext",)
_POD_CONTEXT = ("podSecurityContext",)
_DROP_CACHE = ("init_drop_cache",)
_DOWNLOAD = ("modelDownload", "enabled")
_DIRECTORY = ("persistence", "mountPath")
_CACHES = {
    "HF_HOME": "huggingface",
    "VLLM_CACHE_ROOT": "vllm",
    "TRITON_CACHE_DIR": "triton",
}
_SECRETS = {"HF_TOKEN": "huggingfaceToken", "VLLM_API_KEY": "apiKey"}


def fetches(values: Source) -> bool:
    """Whether an init container downloads the model; it cannot download paths and URIs."""
    model = fields.text(values, "vllm", "model")
    if not model or re.match(r"/|[a-z0-9]+://", model):
        return False
    return fields.is_on(values, *_DOWNLOAD)


def pod(values: Source, command: CommandLine) -> Pod:
    """The pod that the chart renders."""
    scheduler = ""
    if fields.table(values, *SHARE):
        scheduler = "kai-scheduler"
    return Pod(
        images=_images(values),
        pull_secrets=pull_secrets(values),
        variables=(*_own_variables(values), *listed(values, "vllm", "env")),
        unnamed_variables=bool(values.get("vllm", "envFrom")),
        mounts=volume_mounts(values),
        volumes=volumes(values),
        probes=probes(values),
        listens=listens(command),
        targets=tuple(_targets(values)),
        host=host(command),
        placement=placement(values, scheduler=scheduler),
        security=_security(values),
        shared_memory=_shared_memory(values),
    )


def _security(values: Source) -> Security:
    others = (
        *privileges.of_list(values, "extraInitContainers"),
        *privileges.of_list(values, "extraContainers"),
    )
    if fields.switch(values, *_DROP_CACHE):
        # To drop the page cache, the chart overrides the container's own context.
        forced = (
            ("container vllm", Field("privileged", _DROP_CACHE)),
            ("pod", Field("hostPID", _DROP_CACHE)),
        )
        return Security((*forced, *others))
    own = privileges.of_container(values, "vllm", *_CONTEXT)
    user = privileges.user(values, (_CONTEXT, _POD_CONTEXT))
    read_only_root = privileges.read_only_root(values, *_CONTEXT)
    return Security((*own, *others), user, read_only_root)


def _images(values: Source) -> tuple[Image, ...] | None:
    main = engine(values)
    if main is None:
        return None
    return (main, *_init_images(values))


def _init_images(values: Source) -> Iterator[Image]:
    own = fields.field(values, "modelDownload", "image")
    if own and fetches(values):
        yield reference("init", own)
    yield from init_images(values, "extraInitContainers")


def _own_variables(values: Source) -> Iterator[Variable]:
    cache = bare(fields.text(values, *_DIRECTORY) or "")
    for name, directory in _CACHES.items():
        yield by_chart(name, f"{cache}/{directory}", *_DIRECTORY, shared=True)
    if fields.switch(values, "slowStart", "enabled"):
        path = ("slowStart", "maxStartupSeconds")
        seconds = fields.scalar(values.get(*path))
        yield by_chart("VLLM_ENGINE_READY_TIMEOUT_S", seconds, *path, shared=True)
    if fetches(values):
        yield by_chart("HF_HUB_OFFLINE", "1", *_DOWNLOAD, shared=True)
    # The chart prefers an existing Secret to a text in the values.
    for name, key in _SECRETS.items():
        if values.get(key, "existingSecret"):
            yield by_chart(name, None, key, "existingSecret")
        elif values.get(key, "value"):
            yield by_chart(name, None, key, "value")


def _targets(values: Source) -> Iterator[Field[int]]:
    """The container's port, and the Service's target if that is a number."""
    # A container of the user's may be a proxy that receives the traffic instead.
    if values.get("extraContainers"):
        return
    for path in (("vllm", "port"), ("service", "targetPort")):
        port = fields.number(values, *path)
        if port:
            yield port


def _shared_memory(values: Source) -> Field[str] | None:
    if not fields.switch(values, "shm", "enabled"):
        return None
    return fields.field(values, "shm", "sizeLimit")
