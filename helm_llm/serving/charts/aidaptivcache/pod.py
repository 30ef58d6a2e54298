"""The chart aidaptivcache: the pod of its Deployment."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.serving.charts.aidaptivcache.command import ENV
from helm_llm.serving.charts.aidaptivcache.spellings import ARGS
from helm_llm.serving.charts.aidaptivcache.volumes import (
    IMAGE,
    SHARED,
    shared_memory,
    volume_mounts,
    volumes,
)
from helm_llm.serving.read import fields
from helm_llm.serving.read.image import pull_secrets, reference
from helm_llm.serving.read.mount_command import targets
from helm_llm.serving.read.placement import placement
from helm_llm.serving.read.ports import host, listens
from helm_llm.serving.read.probes import probes
from helm_llm.serving.read.variables import listed, made
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Pod, Security, Variable
from helm_llm.values.layers import Values

INIT, PRESCRIPT = ("initContainer",), ("prescript",)
_FIXED = {"k8s": "true", "NCCL_P2P_DISABLE": "1", "NCCL_IB_DISABLE": "1"}
_MADE = {
    "VLLM_USE_V1": "vllmUseV1",
    "VLLM_WORKER_MULTIPROC_METHOD": "vllmWorkerMultiprocMethod",
    "TIKTOKEN_ENCODINGS_BASE": "tiktokenEncodingsBase",
}
_SCRIPT, _PORT = ("vllm", "script"), (*ARGS, "port")


def pod(values: Values, command: CommandLine) -> Pod:
    """What the values say of it."""
    return Pod(
        images=tuple(_images(values)),
        pull_secrets=pull_secrets(values),
        variables=(*_variables(values), *listed(values, *ENV)),
        mounts=volume_mounts(values),
        mounted_before=_mounted_before(values),
        volumes=volumes(values),
        probes=probes(values),
        listens=listens(command),
        targets=tuple(_targets(values)),
        host=host(command),
        placement=placement(values),
        security=_security(values),
        shared_memory=shared_memory(values),
        custom_command=values.user_set(_SCRIPT),
    )


def has_init_container(values: Values) -> bool:
    """Whether the chart has something to run before the server."""
    work = (
        fields.text(values, *PRESCRIPT),
        fields.text(values, *INIT, "modelSourcePath"),
    )
    return fields.switch(values, *SHARED) is True and any(
        text and text.strip() for text in work
    )


def _images(values: Values) -> Iterator[Image]:
    yield _image(values, "engine", "image")
    if has_init_container(values):
        yield _image(values, "init", *INIT, "image")
    model = fields.field(values, *IMAGE, "reference")
    if model and fields.switch(values, *IMAGE, "enabled"):
        yield reference("model", model)


def _image(values: Values, role: str, *path: str) -> Image:
    repository, tag = (*path, "repository"), (*path, "tag")
    return Image(
        role,
        Field(fields.text(values, *repository) or "", repository),
        Field(fields.scalar(values.get(*tag)) or "", tag),
    )


def _variables(values: Values) -> Iterator[Variable]:
    yield from (made(name, text) for name, text in _FIXED.items())
    for name, key in _MADE.items():
        path = ("vllm", "env", key)
        if text := fields.scalar(values.get(*path)):
            yield made(name, text, *path)


def _mounted_before(values: Values) -> tuple[Field[str], ...]:
    script = fields.text(values, *PRESCRIPT) if has_init_container(values) else None
    return tuple(Field(target, PRESCRIPT) for target in targets(script or ""))


def _targets(values: Values) -> Iterator[Field[int]]:
    """The container's port, which the Service follows unless it names a number."""
    for path in (_PORT, ("service", "targetPort")):
        if port := fields.number(values, *path):
            yield port


def _security(values: Values) -> Security:
    user = (
        fields.number(values, context, "runAsUser")
        for context in ("securityContext", "podSecurityContext")
    )
    read_only = ("securityContext", "readOnlyRootFilesystem")
    return Security(
        privileges=tuple(_privileges(values)),
        user=next(filter(None, user), None),
        read_only_root=Field(True, read_only)
        if fields.switch(values, *read_only)
        else None,
    )


def _privileges(values: Values) -> Iterator[tuple[str, Field[str]]]:
    init, server = (*INIT, "privileged"), ("securityContext", "privileged")
    if has_init_container(values) and fields.switch(values, *init):
        yield "container prescript", Field("privileged", init)
    if fields.switch(values, *server):
        yield "container vllm-api", Field("privileged", server)
