"""The chart nim-llm: the serving pod, or the leader of a group of nodes.

What the launcher of a group decides, such as the variables of its engines, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.serving.charts.nim_llm.nodes import Topology
from helm_llm.serving.charts.nim_llm.storage import Variables, volume_mounts, volumes
from helm_llm.serving.read import fields, privileges
from helm_llm.serving.read.image import engine, init_images, pull_secrets, reference
from helm_llm.serving.read.placement import placement
from helm_llm.serving.read.probes import own_path, probes
from helm_llm.serving.read.variables import by_chart, listed
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Image, Pod, Probe, Security, Variable
from helm_llm.serving.spec.source import Source

_SEVERAL_NODES = ("multiNode", "enabled")
_CACHE = ("model", "nimCache")
_ADAPTERS = ("lora", "repositories")
_ADAPTER_SOURCE = ("lora", "source")
_CERTIFICATES = ("proxyCA", "enabled")
_NGC = ("model", "ngcAPISecret")
_HF = ("model", "hfTokenSecret")
_LEVEL = ("model", "logLevel")
_JSON = ("model", "jsonLogging")
_CONTEXT = ("containerSecurityContext",)
_POD_CONTEXT = ("podSecurityContext",)
_PULLER = ("initContainers", "ngcInit")
_EXTRA_INIT = ("initContainers", "extraInit")


def pod(values: Source, variables: Variables, kind: Topology | None) -> Pod:
    """The pod that the chart renders."""
    own_variables = _own_variables(values)
    port = _port(values)
    targets: tuple[Field[int], ...] = ()
    if port:
        targets = (port,)
    return Pod(
        images=_images(values),
        pull_secrets=_pull_secrets(values),
        variables=(*own_variables, *listed(values, "env")),
        mounts=volume_mounts(values, variables),
        volumes=volumes(values),
        probes=_probes(values, kind),
        listens=_listens(values, variables),
        targets=targets,
        placement=placement(values),
        security=_security(values),
        shared_memory=fields.field(values, "sharedMemory", "sizeLimit"),
    )


def _probes(values: Source, kind: Topology | None) -> tuple[Probe, ...] | None:
    if kind is None:
        return None
    # The pods of an MPIJob have no probes.
    if kind == "MPIJob":
        return ()
    return probes(values, http=_http)


def _http(values: Source, name: str) -> Field[str] | None:
    """The HTTP path; images from before 1.0 have other ports and paths."""
    if values.get(name, "method") == "script":
        return None
    if values.get("model", "legacyCompat"):
        return None
    return own_path(values, name)


def _security(values: Source) -> Security:
    puller = (*_PULLER, "containerSecurityContext")
    granted = (
        *privileges.of_container(values, "nim-llm", *_CONTEXT),
        *privileges.of_container(values, "ngc-model-puller", *puller),
        *privileges.of_list(values, *_EXTRA_INIT),
    )
    user = privileges.user(values, (_CONTEXT, _POD_CONTEXT))
    read_only_root = privileges.read_only_root(values, *_CONTEXT)
    return Security(granted, user, read_only_root)


def _images(values: Source) -> tuple[Image, ...] | None:
    main = engine(values)
    if main is None:
        return None
    return (main, *_init_images(values))


def _pull_secrets(values: Source) -> Field[tuple[str, ...]] | None:
    # The chart creates a pull secret from a key in the values.
    if values.get("model", "ngcAPIKey"):
        return None
    return pull_secrets(values)


def _init_images(values: Source) -> Iterator[Image]:
    has_puller = bool(fields.table(values, *_PULLER))
    if has_puller and not fields.switch(values, *_SEVERAL_NODES):
        yield _puller_image(values)
    adapters = fields.field(values, "lora", "image")
    if adapters and values.get(*_ADAPTERS):
        yield reference("init", adapters)
    yield from init_images(values, *_EXTRA_INIT)


def _puller_image(values: Source) -> Image:
    name_path = (*_PULLER, "imageName")
    tag_path = (*_PULLER, "imageTag")
    name = fields.text(values, *name_path)
    tag = fields.scalar(values.get(*tag_path))
    # The template's own defaults.
    repository = Field(name or "eclipse/debian_jre", name_path)
    return Image("init", repository, Field(tag or "latest", tag_path))


def _own_variables(values: Source) -> Iterator[Variable]:
    several = bool(fields.switch(values, *_SEVERAL_NODES))
    cache = fields.text(values, *_CACHE)
    yield by_chart("NIM_CACHE_PATH", cache, *_CACHE, shared=True)
    yield from _secrets(values)
    if not several:
        yield by_chart("OUTLINES_CACHE_DIR", "/tmp/outlines")  # noqa: S108
    port = _port(values)
    number: str | None = None
    if port:
        number = str(port.value)
    port_path = _port_path(values)
    yield by_chart("NIM_SERVER_PORT", number, *port_path, shared=True)
    yield from _logging(values, several=several)
    if fields.switch(values, *_CERTIFICATES):
        directory = "/opt/nim/proxy-ca"
        yield by_chart("SSL_CERT_FILE", directory, *_CERTIFICATES, shared=True)
    if values.get(*_ADAPTERS):
        source = fields.text(values, *_ADAPTER_SOURCE)
        yield by_chart("NIM_PEFT_SOURCE", source, *_ADAPTER_SOURCE, shared=True)


def _secrets(values: Source) -> Iterator[Variable]:
    if values.get(*_NGC):
        # A key in the values becomes a pull secret as well.
        shared = bool(values.get("model", "ngcAPIKey"))
        yield by_chart("NGC_API_KEY", None, *_NGC, shared=shared)
    if values.get(*_HF):
        # The download of adapters uses the token too.
        shared = bool(values.get(*_ADAPTERS))
        yield by_chart("HF_TOKEN", None, *_HF, shared=shared)


def _logging(values: Source, *, several: bool) -> Iterator[Variable]:
    """The variables of logging; on several nodes the launcher passes them on."""
    lines = "0"
    if values.get(*_JSON):
        lines = "1"
    yield by_chart("NIM_JSONL_LOGGING", lines, *_JSON, shared=several)
    level = fields.text(values, *_LEVEL)
    if level is not None:
        level = (level or "INFO").upper()
    yield by_chart("NIM_LOG_LEVEL", level, *_LEVEL, shared=several)


def _listens(values: Source, variables: Variables) -> Field[int] | None:
    if values.get("customCommand") or values.get("customArgs"):
        return None
    # Images from before 1.0 get their port as an argument.
    is_legacy = fields.switch(values, "model", "legacyCompat")
    if is_legacy or "NIM_SERVER_PORT" not in variables:
        return _port(values)
    # A variable of the user's wins over the chart's.
    port = variables["NIM_SERVER_PORT"]
    if port is None:
        return None
    if not port.value.isdecimal():
        return None
    return Field(int(port.value), port.path)


def _port(values: Source) -> Field[int] | None:
    return fields.number(values, *_port_path(values))


def _port_path(values: Source) -> tuple[str, str]:
    if values.get("model", "openai_port"):
        return ("model", "openai_port")
    return ("model", "openaiPort")
