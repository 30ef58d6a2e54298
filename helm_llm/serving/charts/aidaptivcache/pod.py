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
from helm_llm.serving.read import fields, privileges
from helm_llm.serving.read.image import pull_secrets, reference, repository_and_tag
from helm_llm.serving.read.mount_command import mount_targets
from helm_llm.serving.read.placement import placement
from helm_llm.serving.read.ports import host, listens
from helm_llm.serving.read.probes import probes
from helm_llm.serving.read.variables import by_chart, listed
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Pod, Security, Variable
from helm_llm.serving.spec.source import Source

_INIT, _PRESCRIPT = ("initContainer",), ("prescript",)
_CONTEXT, _POD_CONTEXT = ("securityContext",), ("podSecurityContext",)
_FIXED = {"k8s": "true", "NCCL_P2P_DISABLE": "1", "NCCL_IB_DISABLE": "1"}
_FROM_VALUES = {
    "VLLM_USE_V1": "vllmUseV1",
    "VLLM_WORKER_MULTIPROC_METHOD": "vllmWorkerMultiprocMethod",
    "TIKTOKEN_ENCODINGS_BASE": "tiktokenEncodingsBase",
}


def pod(values: Source, command: CommandLine) -> Pod:
    """The pod that the chart renders."""
    return Pod(
        images=tuple(_images(values)),
        pull_secrets=pull_secrets(values),
        variables=(*_own_variables(values), *listed(values, *ENV)),
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
    )


def _has_init_container(values: Source) -> bool:
    """Whether the chart renders one, as it does if there is a script or model to copy."""
    if not fields.is_on(values, *SHARED):
        return False
    script = fields.text(values, *_PRESCRIPT) or ""
    source = fields.text(values, *_INIT, "modelSourcePath") or ""
    return bool(script.strip() or source.strip())


def _images(values: Source) -> Iterator[Image]:
    yield repository_and_tag(values, "engine", "image")
    if _has_init_container(values):
        yield repository_and_tag(values, "init", *_INIT, "image")
    model = fields.field(values, *IMAGE, "reference")
    if model and fields.switch(values, *IMAGE, "enabled"):
        yield reference("model", model)


def _own_variables(values: Source) -> Iterator[Variable]:
    for name, text in _FIXED.items():
        yield by_chart(name, text)
    for name, key in _FROM_VALUES.items():
        path = ("vllm", "env", key)
        if given := fields.scalar(values.get(*path)):
            yield by_chart(name, given, *path)


def _mounted_before(values: Source) -> tuple[Field[str], ...]:
    if not _has_init_container(values):
        return ()
    script = fields.text(values, *_PRESCRIPT) or ""
    return tuple(Field(target, _PRESCRIPT) for target in mount_targets(script))


def _targets(values: Source) -> Iterator[Field[int]]:
    """The container's port, which the Service uses too unless it has a numeric target."""
    for path in ((*ARGS, "port"), ("service", "targetPort")):
        if port := fields.number(values, *path):
            yield port


def _security(values: Source) -> Security:
    return Security(
        privileges=tuple(_privileges(values)),
        user=privileges.user(values, (_CONTEXT, _POD_CONTEXT)),
        read_only_root=privileges.read_only_root(values, *_CONTEXT),
    )


def _privileges(values: Source) -> Iterator[privileges.Privilege]:
    if _has_init_container(values):
        yield from privileges.of_container(values, "prescript", *_INIT)
    yield from privileges.of_container(values, "vllm-api", *_CONTEXT)
