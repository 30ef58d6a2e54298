"""The chart kserve-vllm: the words behind the server's command, and its environment."""

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
from helm_llm.values.layers import Values

RUNTIME_ENV, MODEL_ENV = ("servingRuntime", "env"), ("model", "env")
_NAME = ("model", "modelNameOverride")
_PARALLEL = {
    "tensorParallelSize": "--tensor-parallel-size",
    "pipelineParallelSize": "--pipeline-parallel-size",
}
_SERVERS = (["-m", "vllm.entrypoints.openai.api_server"], ["vllm", "serve"])


def command_line(values: Values, facts: Facts) -> CommandLine | None:
    """What the server is started with; None where a runtime or a command of the user's starts it."""
    if not (own_runtime(values) and _serves(values)):
        return None
    return CommandLine(
        release=_release(values) or release(facts.vllm or ""),
        words=words(values),
        variables=variables(values),
        texts=texts(values),
    )


def words(values: Values) -> tuple[Field[str], ...]:
    """The arguments of the runtime, as far as the chart makes it, then those of the InferenceService."""
    own = _of_the_runtime(values) if own_runtime(values) else ()
    served = Field(
        f"--served-model-name={fields.text(values, *_NAME) or '{{.Name}}'}", _NAME
    )
    return (*own, served, *fields.words(values, "model", "args"))


def variables(values: Values) -> Mapping[str, KeyPath]:
    """The names in the values, with the paths they come from."""
    runtime = fields.names(values, *RUNTIME_ENV) if own_runtime(values) else {}
    return {**runtime, **fields.names(values, *MODEL_ENV)}


def texts(values: Values) -> Mapping[str, Field[str] | None]:
    """The variables; KServe lets those of the InferenceService replace those of the runtime."""
    runtime = fields.environment(values, *RUNTIME_ENV) if own_runtime(values) else {}
    return {**runtime, **fields.environment(values, *MODEL_ENV)}


def _of_the_runtime(values: Values) -> Iterator[Field[str]]:
    if not over_nodes(values):
        yield from fields.words(values, "servingRuntime", "args")
        return
    yield Field("--distributed-executor-backend=ray", TOPOLOGY)
    yield Field(f"--model={DIRECTORY}", TOPOLOGY)
    for key, flag in _PARALLEL.items():
        yield Field(
            f"{flag}={fields.whole(values, 'multiNode', key)}", ("multiNode", key)
        )
    yield Field("--port=8080", TOPOLOGY)


def _serves(values: Values) -> bool:
    command = [word.value for word in fields.words(values, "servingRuntime", "command")]
    return bool(over_nodes(values)) or command[-2:] in _SERVERS


def _release(values: Values) -> Release | None:
    repository, tag = (fields.text(values, "image", key) for key in ("image", "tag"))
    return (
        release(tag) if tag and f"/{repository}".endswith("/vllm/vllm-openai") else None
    )
