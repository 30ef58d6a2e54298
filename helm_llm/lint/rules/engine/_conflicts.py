"""Arguments and environment variables of vLLM that exclude or need each other.

Each function repeats one check that vLLM makes when it starts, after its parser has
accepted every argument by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from helm_llm.keypath import KeyPath
from helm_llm.serving.spec.command_line import CommandLine

Conflict = tuple[tuple[str, ...], str]
"""Flags and variables, and what is wrong with them."""


def source_path(command: CommandLine, name: str) -> KeyPath:
    """The values path that gives a flag or a variable its value."""
    variable = command.texts.get(name)
    if variable:
        return variable.path
    return command.path(name)


def _variable_text(command: CommandLine, name: str) -> str:
    variable = command.texts.get(name)
    if variable is None:
        return ""
    return variable.value


def _json_object(command: CommandLine, flag: str) -> Mapping[str, object]:
    """The JSON object that a flag gets, empty without one."""
    value = command.value(flag)
    if not isinstance(value, dict):
        return {}
    return value


def _given_flags(command: CommandLine, *flags: str) -> tuple[str, ...]:
    """Those of the flags that values set: the others have no path to point at."""
    return tuple(flag for flag in flags if command.path(flag))


def _batch_below_sequences(command: CommandLine) -> Iterator[Conflict]:
    tokens = command.value("--max-num-batched-tokens")
    sequences = command.value("--max-num-seqs")
    if tokens is not None and sequences is not None and tokens < sequences:
        message = (
            f"--max-num-batched-tokens {tokens} is less than --max-num-seqs {sequences}"
        )
        yield ("--max-num-batched-tokens", "--max-num-seqs"), message


def _batch_below_prompt(command: CommandLine) -> Iterator[Conflict]:
    # With chunked prefill a long prompt is processed in several batches.
    if command.value("--enable-chunked-prefill") is not False:
        return
    tokens = command.value("--max-num-batched-tokens")
    length = command.value("--max-model-len")
    if tokens is not None and length and tokens < length:
        message = (
            f"--max-num-batched-tokens {tokens} is less than --max-model-len {length}, "
            "which needs chunked prefill"
        )
        yield ("--max-num-batched-tokens", "--max-model-len"), message


def _missing_companions(command: CommandLine) -> Iterator[Conflict]:
    for flag, needed in _COMPANIONS:
        if command.value(flag) is True and not command.value(needed):
            yield (flag,), f"{flag} needs {needed}"


def _too_few_adapters_in_memory(command: CommandLine) -> Iterator[Conflict]:
    if not command.value("--enable-lora"):
        return
    stored = command.value("--max-cpu-loras")
    loaded = command.value("--max-loras") or 1
    if stored is not None and stored < loaded:
        yield (
            _given_flags(command, "--max-cpu-loras", "--max-loras"),
            f"--max-cpu-loras {stored} is less than --max-loras {loaded}",
        )


def _two_load_balancers(command: CommandLine) -> Iterator[Conflict]:
    external, hybrid = "--data-parallel-external-lb", "--data-parallel-hybrid-lb"
    if command.value(external) is True and command.value(hybrid) is True:
        yield (external, hybrid), f"{external} and {hybrid} cannot be combined"


def _ray_over_nodes(command: CommandLine) -> Iterator[Conflict]:
    nodes = command.value("--nnodes")
    executor = command.value("--distributed-executor-backend")
    if nodes is not None and nodes > 1 and executor == "ray":
        message = (
            f"--nnodes {nodes} does not work with the executor ray: "
            "use mp, uni or external_launcher"
        )
        yield ("--nnodes", "--distributed-executor-backend"), message


def _connector_without_role(command: CommandLine) -> Iterator[Conflict]:
    config = _json_object(command, "--kv-transfer-config")
    connector = config.get("kv_connector")
    if connector and not config.get("kv_role"):
        yield ("--kv-transfer-config",), f"kv_connector {connector} needs a kv_role"


def _runtime_adapters_on_several_servers(command: CommandLine) -> Iterator[Conflict]:
    variable = "VLLM_ALLOW_RUNTIME_LORA_UPDATING"
    if _variable_text(command, variable).strip().lower() not in ("1", "true"):
        return
    flag, servers = _api_servers(command)
    if servers > 1:
        yield (
            (variable, flag),
            f"{variable} works with one API server, but {flag} starts {servers}",
        )


def _api_servers(command: CommandLine) -> tuple[str, int]:
    """The flag that decides how many API servers start, and the number.

    The number is 0 where the values do not determine it.
    """
    count = "--api-server-count"
    given = command.value(count)
    if given is not None or not command.release or command.release < _SERVER_PER_RANK:
        return count, given or 1
    if "VLLM_USE_RUST_FRONTEND" in command.variables:
        return count, 0
    if _given_flags(command, *_OTHER_SERVERS):
        return count, 0
    return "--data-parallel-size", command.value("--data-parallel-size") or 1


def _unusable_draft_model(command: CommandLine) -> Iterator[Conflict]:
    config = _json_object(command, "--speculative-config")
    if config.get("method") not in _DRAFT_METHODS:
        return
    if _lacks_draft_model(command, config):
        message = "num_speculative_tokens needs a model that proposes the tokens"
        yield ("--speculative-config",), message
        return
    tensor = command.value("--tensor-parallel-size") or 1
    draft = config.get("draft_tensor_parallel_size")
    if isinstance(draft, int) and draft not in (1, tensor):
        message = (
            f"draft_tensor_parallel_size is {draft}, but must be 1 "
            f"or the tensor parallel size {tensor}"
        )
        flags = ("--speculative-config", "--tensor-parallel-size")
        yield _given_flags(command, *flags), message


def _lacks_draft_model(command: CommandLine, config: Mapping[str, object]) -> bool:
    if config.get("num_speculative_tokens") is None or config.get("model"):
        return False
    # Older releases infer the draft from a target model that has draft layers.
    return command.release is not None and command.release >= _DRAFT_MUST_BE_NAMED


def _connector_with_expandable_segments(command: CommandLine) -> Iterator[Conflict]:
    connector = _json_object(command, "--kv-transfer-config").get("kv_connector")
    if not connector:
        return
    if command.release is None or command.release < _SEGMENTS_ARE_CHECKED:
        return
    # With these, the KV cache does not come from PyTorch's own allocator.
    for flag in ("--enable-sleep-mode", "--enable-cumem-allocator"):
        if command.value(flag):
            return
    if "expandable_segments:True" in _variable_text(command, _ALLOCATOR):
        message = (
            f"kv_connector {connector} does not work with "
            f"expandable_segments:True in {_ALLOCATOR}"
        )
        yield (_ALLOCATOR, "--kv-transfer-config"), message


def _loader_for_object_store(command: CommandLine) -> Iterator[Conflict]:
    if not command.words:
        return
    # `vllm serve MODEL`: the model is the first argument.
    model = command.words[0].value
    if not model.startswith(("s3://", "gs://", "az://")):
        return
    loader = command.value("--load-format")
    if loader and not loader.startswith(_STREAMING):
        yield (
            ("--load-format",),
            f"--load-format {loader} cannot load {model}: use runai_streamer",
        )


_COMPANIONS = (
    ("--enable-auto-tool-choice", "--tool-call-parser"),
    ("--enable-log-outputs", "--enable-log-requests"),
)
_STREAMING = ("auto", "runai_streamer", "modelexpress")
_ALLOCATOR = "PYTORCH_CUDA_ALLOC_CONF"
_DRAFT_METHODS = (None, "draft_model", "eagle", "eagle3", "medusa", "mlp_speculator")

# The first releases that make a check, or that behave in this way.
_DRAFT_MUST_BE_NAMED = (0, 12, 0)
_SEGMENTS_ARE_CHECKED = (0, 21, 0)
_SERVER_PER_RANK = (0, 16, 0)

_OTHER_SERVERS = (
    "--data-parallel-external-lb",
    "--data-parallel-hybrid-lb",
    "--data-parallel-multi-port-external-lb",
    "--data-parallel-rank",
    "--data-parallel-start-rank",
    "--enable-elastic-ep",
    "--headless",
)
"""With one of these, the number of API servers is not the number of ranks."""
CONFLICTS: tuple[Callable[[CommandLine], Iterator[Conflict]], ...] = (
    _batch_below_sequences,
    _batch_below_prompt,
    _missing_companions,
    _too_few_adapters_in_memory,
    _two_load_balancers,
    _ray_over_nodes,
    _connector_without_role,
    _runtime_adapters_on_several_servers,
    _unusable_draft_model,
    _connector_with_expandable_segments,
    _loader_for_object_store,
)
