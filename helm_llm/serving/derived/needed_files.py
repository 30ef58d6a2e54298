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
"""Images with an engine, but without models, templates or certificates."""
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
    """A file or directory that must exist in the container when the engine starts."""

    what: str
    """What it is: `model`, `adapter`, `chat template`, ..."""
    file: Field[str]


def reads(serving: ServingSpec) -> Iterator[Read]:
    """The literal paths in the values that no image of the engine contains."""
    adapters = serving.pod.variable("NIM_PEFT_SOURCE")
    if adapters and adapters.text:
        yield from _absolute("adapters", Field(adapters.text, adapters.path))
    engine = serving.pod.engine
    if engine is None or not _WITHOUT_MODELS.fullmatch(engine.repository.value):
        return
    for read in named(serving):
        if not _THERE_ALREADY.match(read.file.value):
            yield read


def named(serving: ServingSpec) -> Iterator[Read]:
    """The model and the files in the arguments, whether or not the image contains them."""
    yield from _absolute("model", Field(serving.model.name, serving.model.path))
    if serving.command:
        yield from _arguments(serving.command)


def mounted_before(serving: ServingSpec, read: Read) -> Field[str] | None:
    """The directory that contains a file, if only an init container's script mounts it."""
    path = bare(read.file.value)
    mount = holder(path, serving.pod.mounts or ())
    for directory in serving.pod.mounted_before:
        above = directory.value
        if not f"{path}/".startswith(f"{above}/"):
            continue
        # A mount below the directory hides what the script mounted.
        if mount is None or len(mount.at) < len(above):
            return directory
    return None


def _arguments(command: CommandLine) -> Iterator[Read]:
    for flag, what in _OPTIONS.items():
        for word in command.last_values(flag):
            yield from _absolute(what, word)
    for word in command.last_values("--lora-modules"):
        match = _ADAPTER.fullmatch(word.value)
        if match:
            directory = match[1] or match[2]
            yield from _absolute("adapter", Field(directory, word.path))


def _absolute(what: str, file: Field[str]) -> Iterator[Read]:
    """The file, unless its path is relative or contains a placeholder."""
    path = file.value
    if "$(" in path:
        return
    if re.fullmatch(r"/[^{}\n]*", path):
        yield Read(what, file)
