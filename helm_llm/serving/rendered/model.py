"""Which model a rendered container serves."""

from __future__ import annotations

import re

from helm_llm.serving.rendered.server import Server
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Pod
from helm_llm.serving.spec.spec import Model

_NOTHING: Field[str] = Field("", ())


def model(server: Server, pod: Pod) -> Model:
    """The model that vLLM's arguments or a NIM's image name."""
    if server.kind == "ray":
        return Model("", (), downloads=False, local=False)
    if server.kind == "nim":
        repository = pod.engine.repository if pod.engine else _NOTHING
        name = repository.value.rpartition("/")[2]
        return Model(name, repository.path, downloads=True, local=False)
    named = _argument(server)
    name = named.value
    is_elsewhere = re.match(r"/|[a-z0-9]+://", name) is not None or "$" in name
    return Model(
        name,
        named.path,
        downloads=bool(name) and not is_elsewhere,
        local=name.startswith("/"),
    )


def _argument(server: Server) -> Field[str]:
    """The last value of `--model`, else the first word.

    The parser of the engine does not help here: releases that refuse `--model` after
    `vllm serve` accept it after the module.
    """
    found: Field[str] | None = None
    for index, word in enumerate(server.words):
        flag, equals, value = word.value.partition("=")
        if flag == "--model" and equals:
            found = Field(value, word.path)
        elif flag == "--model":
            found = next(iter(server.words[index + 1 :]), None)
    if found:
        return found
    if not server.words or server.words[0].value.startswith("-"):
        return _NOTHING
    return server.words[0]
