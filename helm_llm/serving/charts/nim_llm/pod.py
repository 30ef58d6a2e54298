"""The chart nim-llm: the pod that serves, of a group of nodes the leader.

What its launcher decides, as the variables of the engines below the NIM, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.serving.charts.nim_llm.storage import Variables, volume_mounts, volumes
from helm_llm.serving.read import fields, privileges
from helm_llm.serving.read.image import engine, init_images, pull_secrets, reference
from helm_llm.serving.read.placement import placement
from helm_llm.serving.read.probes import KINDS, own_path, probes
from helm_llm.serving.read.variables import listed, made
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Pod, Security, Variable
from helm_llm.values.layers import Values

_ADAPTERS = ("lora", "repositories")
_CONTEXT = ("containerSecurityContext",)
_PULLER = ("initContainers", "ngcInit")


def pod(values: Values, variables: Variables, *, probed: bool | None) -> Pod:
    """What the chart makes of these values; `probed` says whether this kind of workload has probes."""
    main, port = engine(values), _port(values)
    return Pod(
        images=(main, *_init_images(values)) if main else None,
        # Of a key the chart makes a pull secret itself.
        pull_secrets=None if values.get("model", "ngcAPIKey") else pull_secrets(values),
        variables=(*_made(values), *listed(values, "env")),
        mounts=volume_mounts(values, variables),
        volumes=volumes(values),
        probes=probes(values, KINDS if probed else (), _http)
        if probed is not None
        else None,
        listens=_listens(values, variables),
        targets=(port,) if port else (),
        placement=placement(values),
        security=_security(values),
        shared_memory=fields.field(values, "sharedMemory", "sizeLimit"),
        custom_command=bool(values.get("customCommand")),
    )


def _security(values: Values) -> Security:
    return Security(
        privileges=(
            *privileges.container(values, "nim-llm", *_CONTEXT),
            *privileges.container(
                values, "ngc-model-puller", *_PULLER, "containerSecurityContext"
            ),
            *privileges.listed(values, ("initContainers", "extraInit")),
        ),
        user=privileges.user(values, (_CONTEXT, ("podSecurityContext",))),
        read_only_root=privileges.read_only_root(values, *_CONTEXT),
    )


def _init_images(values: Values) -> Iterator[Image]:
    if fields.table(values, *_PULLER) and not fields.switch(
        values, "multiNode", "enabled"
    ):
        name, tag = (
            fields.text(values, *_PULLER, "imageName"),
            fields.scalar(values.get(*_PULLER, "imageTag")),
        )
        repository = Field(name or "eclipse/debian_jre", (*_PULLER, "imageName"))
        yield Image("init", repository, Field(tag or "latest", (*_PULLER, "imageTag")))
    adapters = fields.field(values, "lora", "image") if values.get(*_ADAPTERS) else None
    if adapters:
        yield reference("init", adapters)
    yield from init_images(values, "initContainers", "extraInit")


def _made(values: Values) -> Iterator[Variable]:
    several, port = bool(fields.switch(values, "multiNode", "enabled")), _port(values)
    yield made(
        "NIM_CACHE_PATH",
        fields.text(values, "model", "nimCache"),
        "model",
        "nimCache",
        shared=True,
    )
    yield from _secrets(values)
    if not several:
        yield made("OUTLINES_CACHE_DIR", "/tmp/outlines")  # noqa: S108
    yield made(
        "NIM_SERVER_PORT",
        str(port.value) if port else None,
        *_port_path(values),
        shared=True,
    )
    yield from _logging(values, several=several)
    if fields.switch(values, "proxyCA", "enabled"):
        yield made(
            "SSL_CERT_FILE", "/opt/nim/proxy-ca", "proxyCA", "enabled", shared=True
        )
    if values.get(*_ADAPTERS):
        yield made(
            "NIM_PEFT_SOURCE",
            fields.text(values, "lora", "source"),
            "lora",
            "source",
            shared=True,
        )


def _secrets(values: Values) -> Iterator[Variable]:
    """The key is good for a pull secret as well, and the token for the download of adapters."""
    if values.get("model", "ngcAPISecret"):
        yield made(
            "NGC_API_KEY",
            None,
            "model",
            "ngcAPISecret",
            shared=bool(values.get("model", "ngcAPIKey")),
        )
    if values.get("model", "hfTokenSecret"):
        yield made(
            "HF_TOKEN",
            None,
            "model",
            "hfTokenSecret",
            shared=bool(values.get(*_ADAPTERS)),
        )


def _logging(values: Values, *, several: bool) -> Iterator[Variable]:
    """On several nodes the engines below the NIM are told as well."""
    lines = "1" if values.get("model", "jsonLogging") else "0"
    yield made("NIM_JSONL_LOGGING", lines, "model", "jsonLogging", shared=several)
    level = fields.text(values, "model", "logLevel")
    shown = None if level is None else (level or "INFO").upper()
    yield made("NIM_LOG_LEVEL", shown, "model", "logLevel", shared=several)


def _http(values: Values, name: str) -> Field[str] | None:
    """An image from before 1.0 has its health on a port and paths of its own."""
    foreign = values.get(name, "method") == "script" or values.get(
        "model", "legacyCompat"
    )
    return None if foreign else own_path(values, name)


def _listens(values: Values, variables: Variables) -> Field[int] | None:
    """Images from before 1.0 are told their port by an argument."""
    if values.get("customCommand") or values.get("customArgs"):
        return None
    told = variables.get("NIM_SERVER_PORT", Field("", ()))
    if told == Field("", ()) or fields.switch(values, "model", "legacyCompat"):
        return _port(values)
    return (
        Field(int(told.value), told.path) if told and told.value.isdecimal() else None
    )


def _port(values: Values) -> Field[int] | None:
    return fields.number(values, *_port_path(values))


def _port_path(values: Values) -> tuple[str, str]:
    return (
        "model",
        "openai_port" if values.get("model", "openai_port") else "openaiPort",
    )
