"""What a pod says of the server in it: under which names, on which port, with which key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helm_llm.typed import mapping, mappings, number, text, texts

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where the API key stands: in a Secret, or in plain text in the pod."""

    secret: str = ""
    key: str = ""
    text: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Served:
    """The server of a pod; `names` is empty where the pod does not say under which the model is served."""

    container: str
    ports: tuple[int, ...]
    names: tuple[str, ...]
    key: KeySource | None
    tls: bool
    root_path: str
    generates: bool
    """False for embedding and other pooling models, which complete nothing."""
    probed: bool
    """Whether a ready pod is one that answers."""


_KEYS = "VLLM_API_KEY", "OPENAI_API_KEY", "API_KEY", "NIM_API_KEY"
_POOLING_TASKS = "embed", "embedding", "score", "classify", "reward"
_NIM_NAMES = "NIM_SERVED_MODEL_NAME", "NIM_CUSTOM_MODEL_NAME"


def served(pod: Object) -> Served:
    """Read the pod's serving container: the one with the engine's words or a GPU, else the first."""
    container = serving_container(mapping(pod, "spec"))
    words = _words(container)
    env = {text(entry, "name"): entry for entry in mappings(container, "env")}
    ports = (number(port, "containerPort") for port in mappings(container, "ports"))
    return Served(
        container=text(container, "name"),
        ports=tuple(port for port in ports if 0 < port < 65536),
        names=tuple(_names(words, env)),
        key=_key(words, env, container),
        tls=bool(_values(words, "--ssl-certfile")),
        root_path="".join(_values(words, "--root-path")[-1:]),
        generates=not _pools(words),
        probed="readinessProbe" in container,
    )


def serving_container(spec: Object) -> Object:
    """Of a pod spec the container with the engine's words, else the first with a port."""
    return max(
        mappings(spec, "containers"),
        key=lambda c: (_is_engine(c), bool(mappings(c, "ports"))),
        default={},
    )


def _is_engine(container: Object) -> bool:
    said = " ".join([text(container, "image"), *_words(container)])
    return bool(
        re.search(
            r"vllm|/nim/|nim-|sglang|tgi|llama|aidaptiv|huggingfaceserver",
            said,
            re.IGNORECASE,
        )
    )


def _words(container: Object) -> list[str]:
    """Command and arguments, those inside `sh -c "..."` taken apart."""
    words = [*texts(container, "command"), *texts(container, "args")]
    return [
        part for word in words for part in (word.split() if " --" in word else [word])
    ]


def _values(words: Sequence[str], flag: str) -> list[str]:
    """The values after a flag, up to the next flag; of `--flag=value` too. The last one wins."""
    found: list[str] = []
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name.replace("_", "-") == flag:
            found = [value] if equals else _until_flag(words[index + 1 :])
    return found


def _until_flag(words: Sequence[str]) -> list[str]:
    end = next(
        (index for index, word in enumerate(words) if word.startswith("-")), len(words)
    )
    return list(words[:end])


def _names(words: Sequence[str], env: Mapping[str, Object]) -> Iterator[str]:
    if given := _values(words, "--served-model-name"):
        yield from given
    elif model := _values(words, "--model") or _positional(words):
        yield model[0]
    else:
        yield from [
            value for name in _NIM_NAMES if (value := text(env.get(name), "value"))
        ][:1]


def _positional(words: Sequence[str]) -> list[str]:
    """The word after `vllm serve`."""
    return (
        _until_flag(words[words.index("serve") + 1 :])[:1] if "serve" in words else []
    )


def _key(
    words: Sequence[str], env: Mapping[str, Object], container: Object
) -> KeySource | None:
    for word in _values(words, "--api-key"):
        variable = re.fullmatch(r"\$\((\w+)\)|\$\{?(\w+)\}?", word)
        return (
            _of(env.get(variable[1] or variable[2], {}))
            if variable
            else KeySource(text=word)
        )
    for name in _KEYS:
        if name in env:
            return _of(env[name])
    return next(_from_secrets(container), None)


def _of(entry: Object) -> KeySource | None:
    reference = mapping(entry, "valueFrom", "secretKeyRef")
    if text(reference, "name") and text(reference, "key"):
        return KeySource(secret=reference["name"], key=reference["key"])
    return KeySource(text=text(entry, "value")) if text(entry, "value") else None


def _from_secrets(container: Object) -> Iterator[KeySource]:
    """`envFrom` a Secret may bring the key; whether it does is seen in the Secret."""
    for source in mappings(container, "envFrom"):
        if name := text(source, "secretRef", "name"):
            yield KeySource(
                secret=name,
                key=_KEYS[0].removeprefix(text(source, "prefix")),
                certain=False,
            )


def _pools(words: Sequence[str]) -> bool:
    return _values(words, "--runner") == ["pooling"] or any(
        v in _POOLING_TASKS for v in _values(words, "--task")
    )
