"""What a pod specifies about its server: model names, ports and API key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from helm_llm.engines.argv import last_model
from helm_llm.engines.flag import Flag
from helm_llm.engines.parser import Parsed, parse
from helm_llm.engines.table import Table, newest
from helm_llm.typed import Object, mapping, mappings, number, text, texts


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where the API key comes from: a key of a Secret, or plain text in the pod."""

    secret: str = ""
    key: str = ""
    text: str = ""
    certain: bool = True
    """Whether the Secret must contain the key."""


@dataclass(frozen=True, slots=True)
class ServerInPod:
    """The server of a pod."""

    container: str
    ports: tuple[int, ...]
    names: tuple[str, ...]
    """Names of the model in the API, empty if the pod does not specify any."""
    key: KeySource | None
    tls: bool
    root_path: str
    generates: bool
    """False for embedding and other pooling models, which generate no text."""
    is_probed: bool
    """Whether a ready pod has a server that answers."""


_KEY_VARIABLES = "VLLM_API_KEY", "OPENAI_API_KEY", "API_KEY", "NIM_API_KEY"
_NAME_VARIABLES = "NIM_SERVED_MODEL_NAME", "NIM_CUSTOM_MODEL_NAME"
_POOLING_TASKS = {"embed", "embedding", "score", "classify", "reward"}
_VARIABLE = re.compile(r"\$\((\w+)\)|\$\{?(\w+)\}?")
_ENGINE = re.compile(
    r"vllm|/nim/|nim-|sglang|tgi|llama|aidaptiv|huggingfaceserver", re.IGNORECASE
)


def server_in_pod(pod: Object) -> ServerInPod:
    """Read the server from the serving container of a pod."""
    container = serving_container(mapping(pod, "spec"))
    words = _arguments(_command_words(container))
    arguments = parse(words, _flags())
    env = {text(entry, "name"): entry for entry in mappings(container, "env")}
    ports = (number(port, "containerPort") for port in mappings(container, "ports"))
    return ServerInPod(
        container=text(container, "name"),
        ports=tuple(port for port in ports if 0 < port < 65536),
        names=tuple(_model_names(words, arguments, env)),
        key=_key_source(arguments, env, container),
        tls=bool(_flag_values(arguments, "--ssl-certfile")),
        root_path="".join(_flag_values(arguments, "--root-path")),
        generates=not _is_pooling(arguments),
        is_probed="readinessProbe" in container,
    )


def serving_container(spec: Object) -> Object:
    """Return the container of an engine in a pod spec, else the first with a port."""
    # Sidecars, such as proxies and exporters, have ports too.
    best: Object = {}
    best_rank = -1
    for container in mappings(spec, "containers"):
        has_ports = bool(mappings(container, "ports"))
        rank = 2 * _is_engine(container) + has_ports
        if rank > best_rank:
            best, best_rank = container, rank
    return best


def _is_engine(container: Object) -> bool:
    words = [text(container, "image"), *_command_words(container)]
    return _ENGINE.search(" ".join(words)) is not None


def _command_words(container: Object) -> list[str]:
    """Command and arguments, with the words inside `sh -c "..."` split."""
    words: list[str] = []
    for word in (*texts(container, "command"), *texts(container, "args")):
        if " --" in word:
            words += word.split()
        else:
            words.append(word)
    return words


def _arguments(words: Sequence[str]) -> Sequence[str]:
    """The words that follow the command of the server."""
    for index, word in enumerate(words):
        if word in ("serve", "vllm.entrypoints.openai.api_server"):
            return words[index + 1 :]
    # The entry point of an image, or a command with another name.
    for index, word in enumerate(words):
        if word.startswith("-"):
            return words[index:]
    return ()


def _flags() -> Table:
    # Older releases of vLLM have --task instead of --runner.
    return newest().extended((Flag(("--task",)),))


def _flag_values(arguments: Parsed, flag: str) -> Sequence[str]:
    given = arguments.last(flag)
    return given.values if given else ()


def _model_names(
    words: Sequence[str], arguments: Parsed, env: Mapping[str, Object]
) -> Iterator[str]:
    names = _flag_values(arguments, "--served-model-name")
    if names:
        yield from names
        return
    # Without a served name, vLLM serves the model under its path or repository.
    _, named = last_model(words) or (0, "")
    model = named or arguments.model
    if model:
        yield model
        return
    for variable in _NAME_VARIABLES:
        if name := text(env.get(variable), "value"):
            yield name
            return


def _key_source(
    arguments: Parsed, env: Mapping[str, Object], container: Object
) -> KeySource | None:
    # For vLLM the flag takes precedence over the variable.
    flag_values = _flag_values(arguments, "--api-key")
    if flag_values:
        # Kubernetes expands $(NAME) in arguments, a shell $NAME and ${NAME}.
        variable = _VARIABLE.fullmatch(flag_values[0])
        if not variable:
            return KeySource(text=flag_values[0])
        return _variable_source(env.get(variable[1] or variable[2], {}))
    for name in _KEY_VARIABLES:
        if name in env:
            return _variable_source(env[name])
    return _env_from_source(container)


def _variable_source(variable: Object) -> KeySource | None:
    reference = mapping(variable, "valueFrom", "secretKeyRef")
    secret, key = text(reference, "name"), text(reference, "key")
    if secret and key:
        return KeySource(secret=secret, key=key)
    value = text(variable, "value")
    return KeySource(text=value) if value else None


def _env_from_source(container: Object) -> KeySource | None:
    """The first Secret under `envFrom`; only its content shows whether it has a key."""
    for source in mappings(container, "envFrom"):
        if name := text(source, "secretRef", "name"):
            # `prefix` is put before each key of the Secret.
            key = _KEY_VARIABLES[0].removeprefix(text(source, "prefix"))
            return KeySource(secret=name, key=key, certain=False)
    return None


def _is_pooling(arguments: Parsed) -> bool:
    if "pooling" in _flag_values(arguments, "--runner"):
        return True
    return not _POOLING_TASKS.isdisjoint(_flag_values(arguments, "--task"))
