"""Which model a rendered container serves."""

from __future__ import annotations

import re

from helm_llm.serving.rendered.server import Server
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.pod import Pod
from helm_llm.serving.spec.spec import Model


def model(server: Server, pod: Pod) -> Model:
    """By the arguments of vLLM, by the image of a NIM."""
    if server.kind == "ray":
        return Model("", (), downloads=False, local=False)
    if server.kind == "nim":
        repository = pod.engine.repository if pod.engine else Field("", ())
        return Model(
            repository.value.rpartition("/")[2],
            repository.path,
            downloads=True,
            local=False,
        )
    named = _after(server, "--model") or _first(server)
    on_disk = named.value.startswith("/")
    elsewhere = re.match(r"[a-z0-9]+://", named.value) is not None or "$" in named.value
    return Model(
        named.value,
        named.path,
        downloads=bool(named.value) and not on_disk and not elsewhere,
        local=on_disk,
    )


def _after(server: Server, flag: str) -> Field[str] | None:
    """The last value of a flag, in a word of its own or behind `=`."""
    found = None
    for index, word in enumerate(server.words, 1):
        if word.value.startswith(f"{flag}="):
            found = Field(word.value.partition("=")[2], word.path)
        elif word.value == flag:
            found = next(iter(server.words[index:]), None)
    return found


def _first(server: Server) -> Field[str]:
    first = next(iter(server.words), Field("", ()))
    return first if not first.value.startswith("-") else Field("", ())
