"""Which server a container runs, and the words that follow its command."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from helm_llm.keypath import KeyPath
from helm_llm.serving.read import fields
from helm_llm.serving.read.image import split_reference
from helm_llm.serving.rendered import texts
from helm_llm.serving.spec.command_line import Words
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.source import Source

ServerKind = Literal["vllm", "nim", "ray"]
"""`ray`: Ray Serve starts the engine."""

_MODULE = "vllm.entrypoints.openai.api_server"
_SHELL = re.compile(r"(.*/)?(ba|da|z|a)?sh")
_SCRIPT_OPTION = re.compile(r"-[a-z]*c")
_NIM = re.compile(r"(.*/)?nim/[^/]+/[^/]+")
"""`nvcr.io/nim/meta/llama`, or the same path in a mirror."""

_SEVERAL = re.compile("ARGS|EXTRA|FLAGS|OPT|PARAM", re.IGNORECASE)
"""Names of variables that usually hold several arguments."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server and its arguments."""

    kind: ServerKind
    words: Words = ()
    is_literal: bool = True
    """Neither the shell nor kubelet replaces a part of the arguments."""
    is_open: bool = False
    """A variable of the shell may hold more arguments."""


def server(objects: Source, container: KeyPath) -> Server | None:
    """The server of a container, or None if it does not run a known one."""
    command = fields.words(objects, *container, "command")
    args = fields.words(objects, *container, "args")
    image = fields.text(objects, *container, "image") or ""
    repository, _, _ = split_reference(image)
    script = _script((*command, *args))
    if script:
        return _in_script(script)
    words = _after_command((*command, *args))
    # Without a command the image's entry point runs, which is `vllm serve`.
    if words is None and not command and is_vllms(repository):
        words = args
    if words is not None:
        has_reference = any("$(" in word.value for word in words)
        return Server("vllm", words, is_literal=not has_reference)
    if _NIM.fullmatch(repository) and not command:
        return Server("nim")
    return None


def is_vllms(repository: str) -> bool:
    """Whether the entry point of an image is vLLM's server: an image of vLLM's or a copy."""
    _, _, name = repository.rpartition("/")
    return name.startswith("vllm-openai")


def _in_script(script: Field[str]) -> Server | None:
    words: list[Field[str]] = []
    for index, text in enumerate(texts.script_words(script.value)):
        path = (*script.path, index)
        words.append(Field(text, path))
    found = _after_command(words)
    if found is None:
        return None
    # A script may start another server, for example in the other branch of an `if`.
    is_only = True
    if found:
        last = words.index(found[-1])
        is_only = _after_command(words[last:]) is None
    return Server(
        "vllm",
        found,
        is_literal=is_only and not any(map(_is_replaced, found)),
        is_open=not is_only or _has_open_word(found),
    )


def _is_replaced(word: Field[str]) -> bool:
    return "$" in word.value or "`" in word.value


def _has_open_word(words: Words) -> bool:
    """Whether a variable may hold further arguments, rather than a single value."""
    before = ""
    for at, word in enumerate(words):
        # The first word is the model. What follows a flag is its value.
        is_value = at == 0 or word.value.startswith("-") or before.startswith("-")
        before = word.value
        if not _is_replaced(word):
            continue
        # The words of a `$(...)` are separate words, so only its `$` is here.
        ends_open = word.value.endswith("$") or _SEVERAL.search(word.value)
        if not is_value or ends_open:
            return True
    return False


def _script(words: Words) -> Field[str] | None:
    """The text that follows `sh -c`."""
    if len(words) < 3:
        return None
    shell, option, script, *_ = words
    if not _SHELL.fullmatch(shell.value):
        return None
    if not _SCRIPT_OPTION.fullmatch(option.value):
        return None
    return script


def _after_command(words: Sequence[Field[str]]) -> Words | None:
    """The words from `vllm serve` or the module to the end of the shell's command."""
    before = ""
    for index, word in enumerate(words):
        _, _, program = before.rpartition("/")
        is_serve = word.value == "serve" and program == "vllm"
        if is_serve or word.value == _MODULE:
            return _up_to_separator(words[index + 1 :])
        before = word.value
    return None


def _up_to_separator(words: Sequence[Field[str]]) -> Words:
    """The words of a shell's command: up to a separator or a redirection."""
    separators = set(texts.SEPARATORS)
    before = ""
    for index, word in enumerate(words):
        text = word.value
        if not text or not separators.issuperset(text):
            before = text
            continue
        # In `2>&1`, the number of the stream is a separate word.
        if text[0] in "<>" and before in ("1", "2"):
            return tuple(words[: index - 1])
        return tuple(words[:index])
    return tuple(words)
