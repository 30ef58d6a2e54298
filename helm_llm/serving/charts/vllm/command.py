"""The chart vllm: the words it renders behind `vllm serve`, each with the value it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from helm_llm.engines.release import Release, release
from helm_llm.facts import Facts
from helm_llm.serving.read import fields
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.values.layers import Values

_SINGLE = {
    "host": "--host",
    "port": "--port",
    "gpuMemoryUtilization": "--gpu-memory-utilization",
    "maxModelLen": "--max-model-len",
    "tensorParallelSize": "--tensor-parallel-size",
    "revision": "--revision",
}
_LORA = {
    "maxLoras": "--max-loras",
    "maxLoraRank": "--max-lora-rank",
    "maxCpuLoras": "--max-cpu-loras",
}
_DEFAULT_GRAPHS = ("", "FULL_AND_PIECEWISE")


def command_line(values: Values, facts: Facts) -> CommandLine:
    """What the chart makes the server's command of."""
    names = fields.environment(values, "vllm", "env")
    return CommandLine(
        release=_release(values) or release(facts.vllm or ""),
        words=tuple(_words(values)),
        variables=fields.names(values, "vllm", "env"),
        texts=names,
    )


def _release(values: Values) -> Release | None:
    repository, tag, digest = (
        fields.text(values, "image", key) for key in ("repository", "tag", "digest")
    )
    if (
        digest != ""
        or tag is None
        or not f"/{repository}".endswith("/vllm/vllm-openai")
    ):
        return None
    return release(tag or values.chart.app_version or "")


def _words(values: Values) -> Iterator[Field[str]]:
    yield _word(fields.text(values, "vllm", "model") or "", "model")
    yield from _served_names(values)
    lora = fields.switch(values, "vllm", "lora", "enabled")
    if lora:
        yield from _modules(values)
    yield from _singles(values)
    yield from _switches(values)
    if lora:
        yield from _lora(values)
    yield from fields.words(values, "vllm", "additionalArgs")


def _served_names(values: Values) -> Iterator[Field[str]]:
    names = values.get("vllm", "servedModelName")
    if names:
        yield _word("--served-model-name", "servedModelName")
        listed = (
            [(name, (index,)) for index, name in enumerate(names)]
            if isinstance(names, list)
            else [(names, ())]
        )
        yield from (
            _word(str(name), "servedModelName", *index) for name, index in listed
        )


def _modules(values: Values) -> Iterator[Field[str]]:
    modules = values.get("vllm", "lora", "modules")
    if modules and isinstance(modules, list):
        yield _word("--lora-modules", "lora", "modules")
        given = (
            (index, module)
            for index, module in enumerate(modules)
            if isinstance(module, dict)
        )
        yield from (
            _word(_module(module), "lora", "modules", index) for index, module in given
        )


def _module(module: Any) -> str:
    name, path, base = (
        str(module.get(key) or "") for key in ("name", "path", "baseModelName")
    )
    if not base and not {",", "="} & set(name + path):
        return f"{name}={path}"
    return json.dumps(
        {"name": name, "path": path} | ({"base_model_name": base} if base else {})
    )


def _singles(values: Values) -> Iterator[Field[str]]:
    for key, flag in _SINGLE.items():
        value = values.get("vllm", key)
        omitted = (
            (None, 1)
            if key == "tensorParallelSize"
            else (None, "")
            if key == "revision"
            else (None,)
        )
        if value not in omitted:
            yield _word(f"{flag}={_text(value)}", key)


def _text(value: Any) -> str:
    """Numbers as the chart prints them: without exponent, whole ones without a fraction."""
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _switches(values: Values) -> Iterator[Field[str]]:
    if fields.switch(values, "vllm", "trustRemoteCode"):
        yield _word("--trust-remote-code", "trustRemoteCode")
    if isinstance(scheduling := values.get("vllm", "asyncScheduling"), bool):
        yield _word(
            "--async-scheduling" if scheduling else "--no-async-scheduling",
            "asyncScheduling",
        )
    if (
        mode := fields.text(values, "vllm", "cudaGraphMode")
    ) and mode not in _DEFAULT_GRAPHS:
        yield _word(
            "--compilation-config=" + json.dumps({"cudagraph_mode": mode}),
            "cudaGraphMode",
        )


def _lora(values: Values) -> Iterator[Field[str]]:
    yield _word("--enable-lora", "lora", "enabled")
    for key, flag in _LORA.items():
        if number := fields.whole(values, "vllm", "lora", key):
            yield _word(f"{flag}={number}", "lora", key)


def _word(text: str, *keys: str | int) -> Field[str]:
    return Field(text, ("vllm", *keys))
