"""The chart kserve-vllm: the pod that KServe makes of runtime and InferenceService."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.serving.charts.kserve_vllm.command import (
    MODEL_ENV,
    RUNTIME_ENV,
    texts,
    words,
)
from helm_llm.serving.charts.kserve_vllm.service import (
    DIRECTORY,
    URI,
    location,
    on_knative,
    over_nodes,
    own_runtime,
)
from helm_llm.serving.read import fields
from helm_llm.serving.read.image import pull_secrets, reference
from helm_llm.serving.read.placement import placement
from helm_llm.serving.read.ports import host, listens
from helm_llm.serving.read.probes import KINDS, probes
from helm_llm.serving.read.variables import listed
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Mount, Pod, Security, Variable, Volume
from helm_llm.values.layers import Values

PORT = 8080
_SHARED_MEMORY = ("servingRuntime", "shmSize")
_COMMAND, _ARGUMENTS = ("servingRuntime", "command"), ("servingRuntime", "args")
_KINDS = {"pvc": "persistentVolumeClaim", "oci+native": "image"}
_MOUNTS = (Mount("model", DIRECTORY, URI), Mount("shm", "/dev/shm", _SHARED_MEMORY))  # noqa: S108


def pod(values: Values, command: CommandLine | None) -> Pod:
    """What the values say of it; little where the runtime is another's."""
    own = own_runtime(values)
    single = own and over_nodes(values) is False
    return Pod(
        images=tuple(_images(values)),
        pull_secrets=pull_secrets(values),
        variables=tuple(_variables(values)),
        mounts=_MOUNTS if own else None,
        volumes=_volumes(values) if own else None,
        probes=probes(values, ("readiness",) if on_knative(values) else KINDS)
        if single
        else None,
        listens=listens(command, _ARGUMENTS) if command else None,
        targets=(Field(PORT, ()),),
        host=host(command) if command else None,
        placement=placement(values),
        security=Security() if own else None,
        shared_memory=fields.field(values, *_SHARED_MEMORY) if own else None,
        custom_command=values.user_set(_COMMAND) if single else None,
    )


def _images(values: Values) -> Iterator[Image]:
    tag = fields.text(values, "image", "tag") or ""
    if own_runtime(values):
        repository = Field(
            fields.text(values, "image", "image") or "", ("image", "image")
        )
        digest = tag if tag.startswith("sha256:") else ""
        yield Image(
            "engine", repository, Field("" if digest else tag, ("image", "tag")), digest
        )
    found = location(values)
    if found and found.scheme in ("oci", "oci+native"):
        yield reference("model", Field(f"{found.host}/{found.path}", URI))


def _variables(values: Values) -> Iterator[Variable]:
    """Those of the runtime that the InferenceService does not replace, then its own."""
    own = listed(values, *MODEL_ENV)
    replaced = {variable.name for variable in own}
    runtime = listed(values, *RUNTIME_ENV) if own_runtime(values) else ()
    yield from (variable for variable in runtime if variable.name not in replaced)
    yield from own


def _volumes(values: Values) -> tuple[Volume, ...]:
    found = location(values)
    kind = _KINDS.get(found.scheme if found else "", "emptyDir")
    return (Volume("model", kind, URI), Volume("shm", "emptyDir", _SHARED_MEMORY))


def authenticated(values: Values) -> bool | None:
    """Whether the platform asks for a token, or vLLM for a key."""
    asked = fields.switch(values, "endpoint", "auth", "enabled")
    key = "--api-key" in {
        word.value.partition("=")[0] for word in words(values)
    } or "VLLM_API_KEY" in texts(values)
    return True if key else asked
