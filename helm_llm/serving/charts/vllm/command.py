"""The chart vllm: the words that it renders after `vllm serve`, each with its value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from helm_llm import typed
from helm_llm.engines.release import Release, release
from helm_llm.facts import Facts
from helm_llm.keypath import Key
from helm_llm.serving.read import fields
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.source import Source

_SINGLE: Mapping[str, tuple[str, object]] = {
    "host": ("--host", None),
    "port": ("--port", None),
    "gpuMemoryUtilization": ("--gpu-memory-utilization", None),
    "maxModelLen": ("--max-model-len", None),
    "tensorParallelSize": ("--tensor-parallel-size", 1),
    "revision": ("--revision", ""),
}
"""Key -> its flag, and a value besides null with which the chart leaves it out."""
_LORA = {
    "maxLoras": "--max-loras",
    "maxLoraRank": "--max-lora-rank",
    "maxCpuLoras": "--max-cpu-loras",
}
_DEFAULT_GRAPHS = ("", "FULL_AND_PIECEWISE")


def command_line(values: Source, facts: Facts) -> CommandLine:
    """The server's command line."""
    known = _release(values)
    if known is None:
        known = release(facts.vllm or "")
    return CommandLine(
        release=known,
        words=tuple(_words(values)),
        variables=fields.names(values, "vllm", "env"),
        texts=fields.environment(values, "vllm", "env"),
    )


def _release(values: Source) -> Release | None:
    repository = fields.text(values, "image", "repository")
    tag = fields.text(values, "image", "tag")
    digest = fields.text(values, "image", "digest")
    # A digest wins over the tag, and does not show the release.
    if digest != "" or tag is None:
        return None
    if not f"/{repository}".endswith("/vllm/vllm-openai"):
        return None
    return release(tag or values.chart.app_version or "")


def _words(values: Source) -> Iterator[Field[str]]:
    yield _word(fields.text(values, "vllm", "model") or "", "model")
    yield from _served_names(values)
    has_lora = fields.switch(values, "vllm", "lora", "enabled")
    if has_lora:
        yield from _modules(values)
    yield from _singles(values)
    yield from _switches(values)
    if has_lora:
        yield from _lora(values)
    yield from fields.words(values, "vllm", "additionalArgs")


def _served_names(values: Source) -> Iterator[Field[str]]:
    names = values.get("vllm", "servedModelName")
    if not names:
        return
    yield _word("--served-model-name", "servedModelName")
    if not isinstance(names, list):
        yield _word(str(names), "servedModelName")
        return
    for index, name in enumerate(names):
        yield _word(str(name), "servedModelName", index)


def _modules(values: Source) -> Iterator[Field[str]]:
    modules = typed.sequence(values.tree, "vllm", "lora", "modules")
    if modules:
        yield _word("--lora-modules", "lora", "modules")
    for index, module in enumerate(modules):
        if not isinstance(module, dict):
            continue
        text = _module(module)
        yield _word(text, "lora", "modules", index)


def _module(module: Mapping[str, object]) -> str:
    name = str(module.get("name") or "")
    path = str(module.get("path") or "")
    base = str(module.get("baseModelName") or "")
    if not base and not {",", "="} & set(name + path):
        return f"{name}={path}"
    # The short form has no room for a base model or for these characters.
    entry = {"name": name, "path": path}
    if base:
        entry["base_model_name"] = base
    return json.dumps(entry)


def _singles(values: Source) -> Iterator[Field[str]]:
    for key, (flag, omitted) in _SINGLE.items():
        value = values.get("vllm", key)
        if value is None or value == omitted:
            continue
        # The chart prints numbers without an exponent, and whole ones without a fraction.
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        yield _word(f"{flag}={value}", key)


def _switches(values: Source) -> Iterator[Field[str]]:
    if fields.switch(values, "vllm", "trustRemoteCode"):
        yield _word("--trust-remote-code", "trustRemoteCode")
    scheduling = values.get("vllm", "asyncScheduling")
    if scheduling is True:
        yield _word("--async-scheduling", "asyncScheduling")
    elif scheduling is False:
        yield _word("--no-async-scheduling", "asyncScheduling")
    graphs = fields.text(values, "vllm", "cudaGraphMode")
    if graphs is not None and graphs not in _DEFAULT_GRAPHS:
        config = json.dumps({"cudagraph_mode": graphs})
        yield _word(f"--compilation-config={config}", "cudaGraphMode")


def _lora(values: Source) -> Iterator[Field[str]]:
    yield _word("--enable-lora", "lora", "enabled")
    for key, flag in _LORA.items():
        number = fields.whole(values, "vllm", "lora", key)
        if number:
            yield _word(f"{flag}={number}", "lora", key)


def _word(text: str, *keys: Key) -> Field[str]:
    return Field(text, ("vllm", *keys))
