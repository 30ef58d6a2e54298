"""The chart aidaptivcache: the words behind the server's script, and its environment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helm_llm.engines.aidaptiv import FLAGS
from helm_llm.engines.release import release
from helm_llm.facts import Facts
from helm_llm.serving.charts.aidaptivcache.spellings import ARGS, SPELLINGS
from helm_llm.serving.read import fields
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.values.layers import Values

ENV = ("vllm", "extraEnv")
_VALUES = {
    "model": "--model",
    "nvmePath": "--nvme_path",
    "port": "--port",
    "gpuMemoryUtilization": "--gpu-memory-utilization",
    "maxModelLen": "--max-model-len",
    "tensorParallelSize": "--tensor-parallel-size",
    "dramKvOffloadGb": "--dram-kv-offload-gb",
    "ssdKvOffloadGb": "--ssd-kv-offload-gb",
}
_SWITCHES = {
    "noResumeKvCache": "--no-resume-kv-cache",
    "disableGpuReuse": "--disable-gpu-reuse",
    "enableChunkedPrefill": "--enable-chunked-prefill",
    "disableLongToken": "--disable-long-token",
    "resumeKvCache": "--resume-kv-cache",
    "cleanObsoleteKvCache": "--clean-obsolete-kv-cache",
    "enablePrefixCaching": "--enable-prefix-caching",
    "enforceEager": "--enforce-eager",
    "disableKVCache": "--disable_kv_cache_offload",
}
_LORA = ("vllm", "lora")


def setting(values: Values, key: str) -> Field[Any]:
    """A key of `vllm.args` in the spelling that counts."""
    other = SPELLINGS.get(key, key)
    used = key if values.get(*ARGS, other) is None else other
    return Field(values.get(*ARGS, used), (*ARGS, used))


def command_line(values: Values, facts: Facts) -> CommandLine:
    """What the chart starts the server with; its image does not tell which vLLM is inside."""
    return CommandLine(
        release=release(facts.vllm or ""),
        words=tuple(_words(values)),
        variables=fields.names(values, *ENV),
        texts=fields.environment(values, *ENV),
        extra=FLAGS,
    )


def _words(values: Values) -> Iterator[Field[str]]:
    for key, flag in _VALUES.items():
        given = setting(values, key)
        if (text := fields.scalar(given.value)) is not None:
            yield from (Field(flag, given.path), Field(text, given.path))
    for key, flag in _SWITCHES.items():
        given = setting(values, key)
        resumed = key == "noResumeKvCache" and setting(values, "resumeKvCache").value
        if given.value and not resumed:
            yield Field(flag, given.path)
    if fields.switch(values, *_LORA, "enable"):
        yield from _lora(values)
    if name := fields.field(values, "vllm", "servedModelName"):
        yield from (Field("--served-model-name", name.path), name)
    yield from fields.words(values, "vllm", "extraArgs")


def _lora(values: Values) -> Iterator[Field[str]]:
    yield Field("--enable-lora", (*_LORA, "enable"))
    if listed := _modules(values):
        yield from (Field("--lora-modules", (*_LORA, "modules")), *listed)
    rank = (*_LORA, "maxRank")
    if number := fields.whole(values, *rank):
        yield from (Field("--max-lora-rank", rank), Field(str(number), rank))


def _modules(values: Values) -> tuple[Field[str], ...]:
    """One word each: text is split at blanks, JSON is not."""
    path = (*_LORA, "modules")
    given = values.get(*path)
    if isinstance(given, str):
        split = [given] if given.strip().startswith("{") else given.split()
        return tuple(Field(word, path) for word in split)
    return fields.words(values, *path)
