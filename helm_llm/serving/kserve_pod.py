"""The chart kserve-vllm: the pod that KServe makes of runtime and InferenceService."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.layers import Values
from helm_llm.serving import arguments, readers
from helm_llm.serving.kserve_command import MODEL_ENV, RUNTIME_ENV, texts, words
from helm_llm.serving.kserve_service import DIRECTORY, URI, location, on_knative, over_nodes, own_runtime
from helm_llm.serving.placement import placement
from helm_llm.serving.pod import Image, Mount, Pod, Probe, Security, Variable, Volume
from helm_llm.serving.spec import Field

PORT = 8080
_SHARED_MEMORY = ("servingRuntime", "shmSize")
_COMMAND, _ARGUMENTS = ("servingRuntime", "command"), ("servingRuntime", "args")
_KINDS = {"pvc": "persistentVolumeClaim", "oci+native": "image"}
_MOUNTS = (Mount("model", DIRECTORY, URI), Mount("shm", "/dev/shm", _SHARED_MEMORY))  # noqa: S108
_PROBES = ("startup", "readiness", "liveness")


def pod(values: Values) -> Pod:
    """What the values say of it; little where the runtime is another's."""
    own = own_runtime(values)
    flags = arguments.flags(words(values))
    return Pod(
        images=tuple(_images(values)),
        pull_secrets=_pull_secrets(values),
        variables=tuple(_variables(values)),
        mounts=_MOUNTS if own else None,
        volumes=_volumes(values) if own else None,
        probes=_probes(values) if own and over_nodes(values) is False else None,
        listens=_port(flags.get("--port")) if own or "--port" in flags else None,
        targets=(Field(PORT, ()),),
        host=flags.get("--host"),
        placement=placement(values),
        security=Security() if own else None,
        shared_memory=readers.field(values, *_SHARED_MEMORY) if own else None,
        custom_command=values.user_set(_COMMAND) if own and over_nodes(values) is False else None,
    )


def _images(values: Values) -> Iterator[Image]:
    tag = readers.text(values, "image", "tag") or ""
    if own_runtime(values):
        repository = Field(readers.text(values, "image", "image") or "", ("image", "image"))
        digest = tag if tag.startswith("sha256:") else ""
        yield Image("engine", repository, Field("" if digest else tag, ("image", "tag")), digest)
    found = location(values)
    if found and found.scheme in ("oci", "oci+native"):
        name, _, digest = f"{found.host}/{found.path}".partition("@")
        directory, slash, last = name.rpartition("/")
        last, _, tag = last.partition(":")
        yield Image("model", Field(directory + slash + last, URI), Field(tag, URI), digest)


def _pull_secrets(values: Values) -> Field[tuple[str, ...]] | None:
    given = values.get("imagePullSecrets", default=[])
    names = (
        [item.get("name") if isinstance(item, dict) else None for item in given] if isinstance(given, list) else [None]
    )
    known = tuple(name for name in names if isinstance(name, str))
    return Field(known, ("imagePullSecrets",)) if len(known) == len(names) else None


def _variables(values: Values) -> Iterator[Variable]:
    """Those of the runtime that the InferenceService does not replace, then its own."""
    replaced = readers.environment(values, *MODEL_ENV)
    for path in (RUNTIME_ENV, MODEL_ENV) if own_runtime(values) else (MODEL_ENV,):
        given = values.get(*path)
        for index, item in enumerate(given if isinstance(given, list) else ()):
            name = item.get("name") if isinstance(item, dict) else None
            if isinstance(name, str) and (path == MODEL_ENV or name not in replaced):
                text = item.get("value")
                yield Variable(name, text if isinstance(text, str) else None, (*path, index, "value"), listed=True)


def _volumes(values: Values) -> tuple[Volume, ...]:
    found = location(values)
    kind = _KINDS.get(found.scheme if found else "", "emptyDir")
    return (Volume("model", kind, URI), Volume("shm", "emptyDir", _SHARED_MEMORY))


def _probes(values: Values) -> tuple[Probe, ...] | None:
    kinds = ("readiness",) if on_knative(values) else _PROBES
    found = tuple(_probe(values, kind) for kind in kinds)
    return tuple(probe for probe in found if probe) if None not in found else None


def _probe(values: Values, kind: str) -> Probe | None:
    path = (f"{kind}Probe",)
    enabled, asked = readers.switch(values, *path, "enabled"), readers.field(values, *path, "path")
    delay = readers.whole(values, *path, "initialDelaySeconds", default=0)
    period = readers.whole(values, *path, "periodSeconds", default=10)
    threshold = readers.whole(values, *path, "failureThreshold", default=3)
    if enabled is None or delay is None or period is None or threshold is None:
        return None
    return Probe(kind, enabled, path, asked, initial_delay=delay, period=period, threshold=threshold)


def _port(flag: Field[str] | None) -> Field[int] | None:
    """vLLM's own default where no argument says it."""
    if flag is None:
        return Field(8000, _ARGUMENTS)
    return Field(int(flag.value), flag.path) if flag.value.isdecimal() else None


def authenticated(values: Values) -> bool | None:
    """Whether the platform asks for a token, or vLLM for a key."""
    asked = readers.switch(values, "endpoint", "auth", "enabled")
    key = "--api-key" in {word.value.partition("=")[0] for word in words(values)} or "VLLM_API_KEY" in texts(values)
    return True if key else asked
