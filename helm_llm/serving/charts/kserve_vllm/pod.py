"""The chart kserve-vllm: the pod that KServe creates from runtime and InferenceService."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from helm_llm.serving.charts.kserve_vllm.command import (
    MODEL_ENV,
    RUNTIME_ENV,
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
from helm_llm.serving.read.probes import probes
from helm_llm.serving.read.variables import listed
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import (
    Image,
    Mount,
    Pod,
    Probe,
    Security,
    Variable,
    Volume,
)
from helm_llm.serving.spec.source import Source

PORT = 8080
_SHARED_MEMORY = ("servingRuntime", "shmSize")
_ARGUMENTS = ("servingRuntime", "args")
_KINDS = {"pvc": "persistentVolumeClaim", "oci+native": "image"}
_MOUNTS = (Mount("model", DIRECTORY, URI), Mount("shm", "/dev/shm", _SHARED_MEMORY))  # noqa: S108


def pod(values: Source, command: CommandLine | None) -> Pod:
    """The pod; mostly unknown if the user names an existing runtime."""
    known = Pod(
        images=tuple(_images(values)),
        pull_secrets=pull_secrets(values),
        variables=tuple(_variables(values)),
        targets=(Field(PORT, ()),),
        placement=placement(values),
    )
    if not own_runtime(values):
        return known
    known = replace(
        known,
        mounts=_MOUNTS,
        volumes=_volumes(values),
        probes=_probes(values),
        security=Security(),
        shared_memory=fields.field(values, *_SHARED_MEMORY),
    )
    if command is None:
        return known
    return replace(known, listens=listens(command, _ARGUMENTS), host=host(command))


def _probes(values: Source) -> tuple[Probe, ...] | None:
    if over_nodes(values) is not False:
        return None
    if on_knative(values):
        # Knative supports only this probe.
        return probes(values, ("readiness",))
    return probes(values)


def _images(values: Source) -> Iterator[Image]:
    if own_runtime(values):
        yield _engine(values)
    found = location(values)
    if found and found.scheme in ("oci", "oci+native"):
        yield reference("model", Field(f"{found.host}/{found.path}", URI))


def _engine(values: Source) -> Image:
    repository = fields.text_field(values, "image", "image")
    tag = fields.text_field(values, "image", "tag")
    # The chart accepts a digest in place of a tag.
    if tag.value.startswith("sha256:"):
        return Image("engine", repository, Field("", tag.path), digest=tag.value)
    return Image("engine", repository, tag)


def _variables(values: Source) -> Iterator[Variable]:
    own = listed(values, *MODEL_ENV)
    # KServe lets the variables of the InferenceService replace those of the runtime.
    if own_runtime(values):
        replaced = {variable.name for variable in own}
        for variable in listed(values, *RUNTIME_ENV):
            if variable.name not in replaced:
                yield variable
    yield from own


def _volumes(values: Source) -> tuple[Volume, ...]:
    kind = "emptyDir"
    if found := location(values):
        kind = _KINDS.get(found.scheme, kind)
    return (Volume("model", kind, URI), Volume("shm", "emptyDir", _SHARED_MEMORY))


def authenticated(values: Source, command: CommandLine) -> bool | None:
    """Whether the platform requires a token, or vLLM a key."""
    flags = {word.value.partition("=")[0] for word in command.words}
    if "--api-key" in flags or "VLLM_API_KEY" in command.texts:
        return True
    return fields.switch(values, "endpoint", "auth", "enabled")
