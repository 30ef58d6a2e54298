"""engine-arguments-conflict."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.command_line import CommandLine
from helm_llm.serving.spec import ServingSpec


@rule("engine-arguments-conflict", Severity.ERROR, Confidence.CERTAIN)
def engine_arguments_conflict(serving: ServingSpec) -> Iterator[Problem]:
    """Two arguments exclude each other, or one needs another.

    ## Why
    Each argument is fine by itself, so the parser accepts them; then the server stops, for example with
    `Error: --enable-auto-tool-choice requires --tool-call-parser`. Nothing is reported when `--config` names a file,
    because it may hold the missing argument.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs: ["--enable-auto-tool-choice"]
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs: ["--enable-auto-tool-choice", "--tool-call-parser=hermes"]
    ```
    """
    command = serving.command
    if command is None or not command.exact or command.reads_a_file:
        return
    for conflict in _CONFLICTS:
        for flags, message in conflict(command):
            paths = sorted(map(command.path, flags), key=lambda path: not serving.values.user_set(path))
            yield Problem(paths[0], message, tuple(Related(path, "and this") for path in paths[1:]))


Conflict = tuple[tuple[str, ...], str]


def _too_few_tokens(command: CommandLine) -> Iterator[Conflict]:
    tokens, sequences = command.value("--max-num-batched-tokens"), command.value("--max-num-seqs")
    if tokens is not None and sequences is not None and tokens < sequences:
        yield (
            ("--max-num-batched-tokens", "--max-num-seqs"),
            f"--max-num-batched-tokens {tokens} is less than --max-num-seqs {sequences}",
        )


def _prompt_in_one_piece(command: CommandLine) -> Iterator[Conflict]:
    tokens, length = command.value("--max-num-batched-tokens"), command.value("--max-model-len")
    if command.value("--enable-chunked-prefill") is False and tokens is not None and length and tokens < length:
        yield (
            ("--max-num-batched-tokens", "--max-model-len"),
            f"without chunked prefill --max-num-batched-tokens {tokens} must not be less than --max-model-len {length}",
        )


def _needs(command: CommandLine) -> Iterator[Conflict]:
    for flag, needed in _NEEDS:
        if command.value(flag) is True and not command.value(needed):
            yield (flag,), f"{flag} needs {needed}"


def _adapters_in_memory(command: CommandLine) -> Iterator[Conflict]:
    stored, loaded = command.value("--max-cpu-loras"), command.value("--max-loras") or 1
    if command.value("--enable-lora") and stored is not None and stored < loaded:
        flags = tuple(flag for flag in ("--max-cpu-loras", "--max-loras") if command.path(flag))
        yield flags, f"--max-cpu-loras {stored} is less than --max-loras {loaded}"


def _balancers(command: CommandLine) -> Iterator[Conflict]:
    flags = ("--data-parallel-external-lb", "--data-parallel-hybrid-lb")
    if all(command.value(flag) is True for flag in flags):
        yield flags, f"{flags[0]} and {flags[1]} exclude each other"


def _ray_over_nodes(command: CommandLine) -> Iterator[Conflict]:
    nodes = command.value("--nnodes")
    if nodes is not None and nodes > 1 and command.value("--distributed-executor-backend") == "ray":
        yield (
            ("--nnodes", "--distributed-executor-backend"),
            f"--nnodes {nodes} works with the executors mp, uni and external_launcher, not with ray",
        )


def _connector_without_role(command: CommandLine) -> Iterator[Conflict]:
    config: Any = command.value("--kv-transfer-config")
    if isinstance(config, dict) and config.get("kv_connector") and not config.get("kv_role"):
        yield ("--kv-transfer-config",), f"kv_connector {config['kv_connector']} needs a kv_role"


def _object_store(command: CommandLine) -> Iterator[Conflict]:
    model, loader = command.words[0], command.value("--load-format")
    if model.value.startswith(("s3://", "gs://", "az://")) and loader and not loader.startswith(_STREAMING):
        yield ("--load-format",), f"--load-format {loader} cannot load {model.value}: use runai_streamer"


_NEEDS = (("--enable-auto-tool-choice", "--tool-call-parser"), ("--enable-log-outputs", "--enable-log-requests"))
_STREAMING = ("auto", "runai_streamer", "modelexpress")
_CONFLICTS = (
    _too_few_tokens,
    _prompt_in_one_piece,
    _needs,
    _adapters_in_memory,
    _balancers,
    _ray_over_nodes,
    _connector_without_role,
    _object_store,
)
