"""Which server a container runs, and the words behind its command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields
from helm_llm.serving.rendered import texts
from helm_llm.serving.spec.field import Field
from helm_llm.values.layers import Values

_MODULE = "vllm.entrypoints.openai.api_server"
_SHELL = re.compile(r"(.*/)?(ba|da|z|a)?sh")
_SCRIPT_OPTION = re.compile(r"-[a-z]*c")
_NIM = re.compile(r"(.*/)?nim/[^/]+/[^/]+")
"""`nvcr.io/nim/meta/llama`, or the same below a mirror."""

_SEVERAL = re.compile("ARGS|EXTRA|FLAGS|OPT|PARAM", re.IGNORECASE)

Words = tuple[Field[str], ...]


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the kind `vllm`, `nim`, or `ray` where Ray Serve starts the engine, and its arguments."""

    kind: str
    words: Words = ()
    is_literal: bool = True
    """Neither shell nor kubelet replaces a part of them."""
    is_open: bool = False
    """A variable of the shell may hold more of them."""


def server(objects: Values, container: KeyPath) -> Server | None:
    """The server of a container; None where it runs none, or one that is not known."""
    command, args = (
        fields.words(objects, *container, "command"),
        fields.words(objects, *container, "args"),
    )
    repository = texts.image(fields.text(objects, *container, "image") or "")[
        "repository"
    ]
    if script := _script((*command, *args)):
        return _in_script(script)
    found = _behind_command((*command, *args))
    if found is None and not command and is_vllms(repository):
        found = args
    if found is not None:
        return Server(
            "vllm", found, is_literal=not any("$(" in word.value for word in found)
        )
    return Server("nim") if _NIM.fullmatch(repository) and not command else None


def is_vllms(repository: str) -> bool:
    """Whether an image is one of vLLM's own, or a relative or copy of it, whose entry point is the server."""
    return repository.rpartition("/")[2].startswith("vllm-openai")


def _in_script(script: Field[str]) -> Server | None:
    words = tuple(
        Field(word, (*script.path, index))
        for index, word in enumerate(texts.words(script.value))
    )
    found = _behind_command(words)
    if found is None:
        return None
    rest = words[words.index(found[-1]) :] if found else ()
    is_only = _behind_command(rest) is None
    return Server(
        "vllm",
        found,
        is_literal=is_only and not any(_is_replaced(word) for word in found),
        is_open=not is_only
        or any(_may_be_several(found, at) for at in range(len(found))),
    )


def _is_replaced(word: Field[str]) -> bool:
    return "$" in word.value or "`" in word.value


def _may_be_several(words: Words, at: int) -> bool:
    """Whether a variable may hold arguments: no model, no value of a flag; behind `$(` the words are not seen."""
    word = words[at]
    is_value = (
        at == 0 or word.value.startswith("-") or words[at - 1].value.startswith("-")
    )
    return _is_replaced(word) and (
        not is_value or word.value.endswith("$") or bool(_SEVERAL.search(word.value))
    )


def _script(words: Sequence[Field[str]]) -> Field[str] | None:
    """The text behind `sh -c`."""
    if (
        len(words) > 2
        and _SHELL.fullmatch(words[0].value)
        and _SCRIPT_OPTION.fullmatch(words[1].value)
    ):
        return words[2]
    return None


def _behind_command(words: Words) -> Words | None:
    """What follows `vllm serve`, or the module, up to the end of the shell's command."""
    for index, word in enumerate(words):
        serves = (
            word.value == "serve"
            and index > 0
            and words[index - 1].value.rpartition("/")[2] == "vllm"
        )
        if serves or word.value == _MODULE:
            rest = words[index + 1 :]
            return rest[: _end(rest)]
    return None


def _end(words: Words) -> int:
    """Where the shell's command ends: at a separator, or at the number of the stream that is redirected there."""
    for index, word in enumerate(words):
        if word.value and set(word.value) <= set(texts.SEPARATORS):
            redirected = (
                word.value.startswith((">", "<"))
                and index > 0
                and words[index - 1].value in ("1", "2")
            )
            return index - redirected
    return len(words)
