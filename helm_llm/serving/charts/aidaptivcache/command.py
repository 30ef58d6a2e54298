"""The chart aidaptivcache: the arguments of the server's script, and its environment."""

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
from helm_llm.serving.spec.source import Source

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
_MODULES, _RANK = (*_LORA, "modules"), (*_LORA, "maxRank")


def setting(values: Source, key: str) -> Field[Any]:
    """A key of `vllm.args` in the spelling that counts."""
    winner = SPELLINGS.get(key, key)
    used = key if values.get(*ARGS, winner) is None else winner
    return Field(values.get(*ARGS, used), (*ARGS, used))


def command_line(values: Source, facts: Facts) -> CommandLine:
    """The server's command line. The image does not reveal which vLLM it contains."""
    return CommandLine(
        release=release(facts.vllm or ""),
        words=tuple(_words(values)),
        variables=fields.names(values, *ENV),
        texts=fields.environment(values, *ENV),
        extra=FLAGS,
    )


def _words(values: Source) -> Iterator[Field[str]]:
    for key, flag in _VALUES.items():
        given = setting(values, key)
        text = fields.scalar(given.value)
        if text is not None:
            yield Field(flag, given.path)
            yield Field(text, given.path)
    yield from _switches(values)
    if fields.switch(values, *_LORA, "enable"):
        yield from _lora(values)
    if name := fields.field(values, "vllm", "servedModelName"):
        yield Field("--served-model-name", name.path)
        yield name
    yield from fields.words(values, "vllm", "extraArgs")


def _switches(values: Source) -> Iterator[Field[str]]:
    for key, flag in _SWITCHES.items():
        given = setting(values, key)
        if not given.value:
            continue
        # The chart resumes if both switches are on.
        if key == "noResumeKvCache" and setting(values, "resumeKvCache").value:
            continue
        yield Field(flag, given.path)


def _lora(values: Source) -> Iterator[Field[str]]:
    yield Field("--enable-lora", (*_LORA, "enable"))
    if modules := _modules(values):
        yield Field("--lora-modules", _MODULES)
        yield from modules
    if rank := fields.whole(values, *_RANK):
        yield Field("--max-lora-rank", _RANK)
        yield Field(str(rank), _RANK)


def _modules(values: Source) -> tuple[Field[str], ...]:
    given = values.get(*_MODULES)
    if not isinstance(given, str):
        return fields.words(values, *_MODULES)
    # The chart splits text at blanks, except JSON.
    words = [given] if given.strip().startswith("{") else given.split()
    return tuple(Field(word, _MODULES) for word in words)
