"""lora-modules-absent."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.engines.parser import Reason
from helm_llm.lint.rule import Confidence, Problem, Related, Severity, rule
from helm_llm.serving.read import fields
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.source import Source
from helm_llm.serving.spec.spec import ServingSpec


@rule("lora-modules-absent", Severity.ERROR, Confidence.LIKELY)
def lora_modules_absent(serving: ServingSpec) -> Iterator[Problem]:
    """LoRA is enabled without an adapter, or with one that the engine cannot read.

    ## Why
    An adapter is `name=path`, or a JSON object with name and path. On anything else,
    including `a=/x,b=/y`, the engine stops at startup. The flag without a value fails
    with `expected at least one argument`.

    In the chart aidaptivcache, a server without adapters starts, but every request for
    an adapter fails with 404.

    ## Bad
    ```yaml
    # chart: aidaptivcache
    vllm:
      lora:
        enable: true
    ```

    ## Good
    ```yaml
    # chart: aidaptivcache
    vllm:
      lora:
        enable: true
        modules: sql=/data/lora/sql support=/data/lora/support
    ```
    """
    command = serving.command
    if command is None:
        return
    # For a release with a flag table, engine-argument-value-rejected reports this.
    if not command.exact:
        yield from _malformed_adapters(command)
    if _is_enabled_without_modules(serving.values, command):
        switch, modules = ("vllm", "lora", "enable"), ("vllm", "lora", "modules")
        yield Problem(
            switch,
            "LoRA is enabled, but vllm.lora.modules does not list an adapter",
            (Related(modules, "list adapters here"),),
        )


_FLAG = "--lora-modules"


def _malformed_adapters(command: CommandLine) -> Iterator[Problem]:
    for refusal in command.refused(Reason.VALUE):
        if refusal.flag == _FLAG:
            value = f" {refusal.value}" if refusal.value else ""
            yield Problem(
                command.word(refusal).path,
                f"{_FLAG}{value}: expected {refusal.expected}",
            )


def _is_enabled_without_modules(values: Source, command: CommandLine) -> bool:
    if values.chart.name != "aidaptivcache":
        return False
    if not fields.switch(values, "vllm", "lora", "enable"):
        return False
    # With this variable, a running server can load adapters.
    if "VLLM_ALLOW_RUNTIME_LORA_UPDATING" in command.variables:
        return False
    flags = (word.value.partition("=")[0] for word in command.words)
    return all(flag.replace("_", "-") != _FLAG for flag in flags)
