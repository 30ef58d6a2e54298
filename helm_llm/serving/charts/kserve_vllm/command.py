"""The chart kserve-vllm: the words that follow the server's command, and its environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helm_llm.engines.release import Release, release
from helm_llm.facts import Facts
from helm_llm.keypath import KeyPath
from helm_llm.serving.charts.kserve_vllm.service import (
    DIRECTORY,
    TOPOLOGY,
    over_nodes,
    own_runtime,
)
from helm_llm.serving.read import fields
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.source import Source

RUNTIME_ENV = ("servingRuntime", "env")
MODEL_ENV = ("model", "env")
_NAME = ("model", "modelNameOverride")
_PARALLEL = {
    "tensorParallelSize": "--tensor-parallel-size",
    "pipelineParallelSize": "--pipeline-parallel-size",
}
_SERVERS = (["-m", "vllm.entrypoints.openai.api_server"], ["vllm", "serve"])


def command_line(values: Source, facts: Facts) -> CommandLine:
    """The server's command line, incomplete if the user names an existing runtime."""
    names: dict[str, KeyPath] = {}
    if own_runtime(values):
        names |= fields.names(values, *RUNTIME_ENV)
    names |= fields.names(values, *MODEL_ENV)
    known = _release(values)
    if known is None:
        known = release(facts.vllm or "")
    words = tuple(_words(values))
    return CommandLine(known, words, names, _texts(values))


def starts_vllm(values: Source) -> bool:
    """Whether the chart's runtime starts vLLM, and not a command of the user's."""
    if not own_runtime(values):
        return False
    # Over several nodes the chart writes the command itself.
    if over_nodes(values):
        return True
    words = fields.words(values, "servingRuntime", "command")
    command = [word.value for word in words]
    return command[-2:] in _SERVERS


def _texts(values: Source) -> Mapping[str, Field[str] | None]:
    """The variables; those of the InferenceService replace those of the runtime."""
    runtime: dict[str, Field[str] | None] = {}
    if own_runtime(values):
        runtime = fields.environment(values, *RUNTIME_ENV)
    return {**runtime, **fields.environment(values, *MODEL_ENV)}


def _words(values: Source) -> Iterator[Field[str]]:
    """The arguments of the chart's runtime, then those of the InferenceService."""
    if own_runtime(values):
        yield from _runtime_words(values)
    # KServe resolves {{.Name}} to the name of the InferenceService.
    name = fields.text(values, *_NAME) or "{{.Name}}"
    yield Field(f"--served-model-name={name}", _NAME)
    yield from fields.words(values, "model", "args")


def _runtime_words(values: Source) -> Iterator[Field[str]]:
    if not over_nodes(values):
        yield from fields.words(values, "servingRuntime", "args")
        return
    yield Field("--distributed-executor-backend=ray", TOPOLOGY)
    yield Field(f"--model={DIRECTORY}", TOPOLOGY)
    for key, flag in _PARALLEL.items():
        path = ("multiNode", key)
        degree = fields.whole(values, *path)
        yield Field(f"{flag}={degree}", path)
    yield Field("--port=8080", TOPOLOGY)


def _release(values: Source) -> Release | None:
    repository = fields.text(values, "image", "image")
    tag = fields.text(values, "image", "tag")
    if not tag or not f"/{repository}".endswith("/vllm/vllm-openai"):
        return None
    return release(tag)
