"""Files and directories that an engine reads by an absolute path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from helm_llm.serving.read.mounts import bare, holder
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import ServingSpec

_WITHOUT_MODELS = re.compile(
    r"(.*/)?(vllm/vllm-openai(-(rocm|cpu|xpu|tpu))?|modh/vllm|rocm/vllm(-dev)?|aidaptiv)|nvcr\.io/nvidia/vllm"
)
"""Images that bring an engine and no models, templates or certificates of the user's."""
_THERE_ALREADY = re.compile(
    r"/(usr|etc|opt|app|workspace|vllm-workspace|dev|run|var/run)/"
)
_OPTIONS = {
    "--tokenizer": "tokenizer",
    "--hf-config-path": "configuration",
    "--chat-template": "chat template",
    "--ssl-keyfile": "key",
    "--ssl-certfile": "certificate",
    "--ssl-ca-certs": "certificates",
}
_ADAPTER = re.compile(r'[^={]+=(/.*)|\{.*"path": *"(/[^"]*)".*\}', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Read:
    """Something that has to be in the container when the engine starts: `what` it is, where it lies."""

    what: str
    file: Field[str]


def reads(serving: ServingSpec) -> Iterator[Read]:
    """What no image of the engine can hold itself, and values name literally."""
    engine, adapters = serving.pod.engine, serving.pod.variable("NIM_PEFT_SOURCE")
    if adapters and adapters.text:
        yield from _absolute("adapters", Field(adapters.text, adapters.path))
    if engine and _WITHOUT_MODELS.fullmatch(engine.repository.value):
        yield from (
            read for read in named(serving) if not _THERE_ALREADY.match(read.file.value)
        )


def named(serving: ServingSpec) -> Iterator[Read]:
    """The model and what the arguments name, wherever it comes from."""
    yield from _absolute("model", Field(serving.model.name, serving.model.path))
    yield from _options(serving.command) if serving.command else ()


def mounted_before(serving: ServingSpec, read: Read) -> Field[str] | None:
    """The directory that only a script of an init container mounts, if it holds what is read."""
    mount = holder(read.file.value, serving.pod.mounts or ())
    below = (
        one
        for one in serving.pod.mounted_before
        if f"{bare(read.file.value)}/".startswith(f"{one.value}/")
    )
    return next(
        (one for one in below if mount is None or len(mount.at) < len(one.value)), None
    )


def _options(command: CommandLine) -> Iterator[Read]:
    for flag, what in _OPTIONS.items():
        for word in command.last_values(flag):
            yield from _absolute(what, word)
    for word in command.last_values("--lora-modules"):
        if match := _ADAPTER.fullmatch(word.value):
            yield from _absolute("adapter", Field(match[1] or match[2], word.path))


def _absolute(what: str, file: Field[str]) -> Iterator[Read]:
    if re.fullmatch(r"/[^{}\n]*", file.value) and "$(" not in file.value:
        yield Read(what, file)
