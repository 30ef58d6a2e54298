"""Which model a rendered container serves."""

from __future__ import annotations

import re

from helm_llm.engines.argv import last_model
from helm_llm.serving.rendered.server import Server
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Pod
from helm_llm.serving.spec.spec import Model

_NOTHING: Field[str] = Field("", ())
_ELSEWHERE = re.compile(r"/|[a-z0-9]+://")
"""Paths and URIs, which are not repositories of the Hugging Face Hub."""


def model(server: Server, pod: Pod) -> Model:
    """The model that vLLM's arguments or a NIM's image name."""
    if server.kind == "ray":
        return Model("", (), downloads=False, local=False)
    if server.kind == "nim":
        repository = _NOTHING
        if pod.engine:
            repository = pod.engine.repository
        _, _, name = repository.value.rpartition("/")
        return Model(name, repository.path, downloads=True, local=False)
    named = _argument(server)
    name = named.value
    # With a reference, the name is known only in the container.
    is_elsewhere = "$" in name or _ELSEWHERE.match(name) is not None
    return Model(
        name,
        named.path,
        downloads=bool(name) and not is_elsewhere,
        local=name.startswith("/"),
    )


def _argument(server: Server) -> Field[str]:
    """The last value of `--model`, else the first word."""
    named = last_model([word.value for word in server.words])
    if named:
        index, name = named
        return Field(name, server.words[index].path)
    if not server.words or server.words[0].value.startswith("-"):
        return _NOTHING
    return server.words[0]
