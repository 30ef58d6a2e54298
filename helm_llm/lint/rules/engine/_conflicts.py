"""Arguments of the engine, and variables, that exclude or need each other: what it says at start in its own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field

Conflict = tuple[tuple[str, ...], str]
"""Flags and variables, and what is wrong with them."""


def place(command: CommandLine, name: str) -> KeyPath:
    """Where a flag or a variable gets its value."""
    variable = command.texts.get(name)
    return variable.path if variable else command.path(name)


def _text(command: CommandLine, variable: str) -> str:
    field = command.texts.get(variable)
    return field.value if field else ""


def _too_few_tokens(command: CommandLine) -> Iterator[Conflict]:
    tokens, sequences = (
        command.value("--max-num-batched-tokens"),
        command.value("--max-num-seqs"),
    )
    if tokens is not None and sequences is not None and tokens < sequences:
        yield (
            ("--max-num-batched-tokens", "--max-num-seqs"),
            f"--max-num-batched-tokens {tokens} is less than --max-num-seqs {sequences}",
        )


def _prompt_in_one_piece(command: CommandLine) -> Iterator[Conflict]:
    tokens, length = (
        command.value("--max-num-batched-tokens"),
        command.value("--max-model-len"),
    )
    if (
        command.value("--enable-chunked-prefill") is False
        and tokens is not None
        and length
        and tokens < length
    ):
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
        flags = tuple(
            flag for flag in ("--max-cpu-loras", "--max-loras") if command.path(flag)
        )
        yield flags, f"--max-cpu-loras {stored} is less than --max-loras {loaded}"


def _balancers(command: CommandLine) -> Iterator[Conflict]:
    flags = ("--data-parallel-external-lb", "--data-parallel-hybrid-lb")
    if all(command.value(flag) is True for flag in flags):
        yield flags, f"{flags[0]} and {flags[1]} exclude each other"


def _ray_over_nodes(command: CommandLine) -> Iterator[Conflict]:
    nodes = command.value("--nnodes")
    if (
        nodes is not None
        and nodes > 1
        and command.value("--distributed-executor-backend") == "ray"
    ):
        yield (
            ("--nnodes", "--distributed-executor-backend"),
            f"--nnodes {nodes} works with the executors mp, uni and external_launcher, not with ray",
        )


def _connector_without_role(command: CommandLine) -> Iterator[Conflict]:
    config: Any = command.value("--kv-transfer-config")
    if (
        isinstance(config, dict)
        and config.get("kv_connector")
        and not config.get("kv_role")
    ):
        yield (
            ("--kv-transfer-config",),
            f"kv_connector {config['kv_connector']} needs a kv_role",
        )


def _adapters_at_run_time(command: CommandLine) -> Iterator[Conflict]:
    variable = "VLLM_ALLOW_RUNTIME_LORA_UPDATING"
    flag, servers = _servers(command)
    if servers > 1 and _text(command, variable).strip().lower() in ("1", "true"):
        yield (
            (variable, flag),
            f"{variable} works with one API server, {flag} {servers} starts {servers}",
        )


def _servers(command: CommandLine) -> tuple[str, int]:
    """How many API servers start, and the flag that says so; 0 where that cannot be told."""
    told = command.value("--api-server-count")
    if told is not None or not command.release or command.release < _SERVERS_PER_RANK:
        return "--api-server-count", told or 1
    if "VLLM_USE_RUST_FRONTEND" in command.variables or any(
        command.path(flag) for flag in _OTHER_SERVERS
    ):
        return "--api-server-count", 0
    return "--data-parallel-size", command.value("--data-parallel-size") or 1


def _draft_model(command: CommandLine) -> Iterator[Conflict]:
    config: Any = command.value("--speculative-config")
    if not isinstance(config, dict) or config.get("method") not in _DRAFTS:
        return
    tensor, draft = (
        command.value("--tensor-parallel-size") or 1,
        config.get("draft_tensor_parallel_size"),
    )
    newer = command.release is not None and command.release >= _DRAFTS_ARE_NAMED
    if (
        newer
        and config.get("num_speculative_tokens") is not None
        and not config.get("model")
    ):
        yield (
            ("--speculative-config",),
            "num_speculative_tokens needs a model that proposes them",
        )
    elif isinstance(draft, int) and draft not in (1, tensor):
        flags = tuple(
            flag
            for flag in ("--speculative-config", "--tensor-parallel-size")
            if command.path(flag)
        )
        yield (
            flags,
            f"draft_tensor_parallel_size is {draft}, must be 1 or the tensor parallel size {tensor}",
        )


def _pinned_cache(command: CommandLine) -> Iterator[Conflict]:
    config: Any = command.value("--kv-transfer-config")
    connector = config.get("kv_connector") if isinstance(config, dict) else None
    apart = command.value("--enable-sleep-mode") or command.value(
        "--enable-cumem-allocator"
    )
    checked = command.release is not None and command.release >= _SEGMENTS_ARE_CHECKED
    if (
        connector
        and checked
        and not apart
        and "expandable_segments:True" in _text(command, _ALLOCATOR)
    ):
        yield (
            (_ALLOCATOR, "--kv-transfer-config"),
            f"{_ALLOCATOR} has expandable_segments:True, with which kv_connector {connector} does not work",
        )


def _object_store(command: CommandLine) -> Iterator[Conflict]:
    model, loader = (
        next(iter(command.words), Field("", ())),
        command.value("--load-format"),
    )
    if (
        model.value.startswith(("s3://", "gs://", "az://"))
        and loader
        and not loader.startswith(_STREAMING)
    ):
        yield (
            ("--load-format",),
            f"--load-format {loader} cannot load {model.value}: use runai_streamer",
        )


_NEEDS = (
    ("--enable-auto-tool-choice", "--tool-call-parser"),
    ("--enable-log-outputs", "--enable-log-requests"),
)
_STREAMING = ("auto", "runai_streamer", "modelexpress")
_ALLOCATOR = "PYTORCH_CUDA_ALLOC_CONF"
_DRAFTS = (None, "draft_model", "eagle", "eagle3", "medusa", "mlp_speculator")
_DRAFTS_ARE_NAMED = (0, 12, 0)
"""Before, a target with layers of its own for drafts needs no model and may get any of the methods."""
_SEGMENTS_ARE_CHECKED = (0, 21, 0)
_SERVERS_PER_RANK = (0, 16, 0)
"""Since then there are as many API servers as data parallel ranks, unless one of these says otherwise."""
_OTHER_SERVERS = (
    "--data-parallel-external-lb",
    "--data-parallel-hybrid-lb",
    "--data-parallel-multi-port-external-lb",
    "--data-parallel-rank",
    "--data-parallel-start-rank",
    "--enable-elastic-ep",
    "--headless",
)
CONFLICTS: tuple[Callable[[CommandLine], Iterator[Conflict]], ...] = (
    _too_few_tokens,
    _prompt_in_one_piece,
    _needs,
    _adapters_in_memory,
    _balancers,
    _ray_over_nodes,
    _connector_without_role,
    _adapters_at_run_time,
    _draft_model,
    _pinned_cache,
    _object_store,
)
