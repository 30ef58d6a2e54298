"""lora-rank-unsupported."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.engines.release import Release
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.field import Field
from helm_llm.serving.spec.spec import ServingSpec


@rule("lora-rank-unsupported", Severity.ERROR, Confidence.CERTAIN)
def lora_rank_unsupported(serving: ServingSpec) -> Iterator[Problem]:
    """The engine has no kernels for the largest rank of a LoRA adapter.

    ## Why
    The rank must be one of a few sizes, and the server stops with `max_lora_rank (24) must be one of (8, 16, ...)`. The
    setting is a maximum: the next larger size serves an adapter of any smaller rank.

    ## Bad
    ```yaml
    # chart: vllm
    image:
      tag: v0.10.0
    vllm:
      lora: {enabled: true}
      additionalArgs: ["--max-lora-rank=24"]
    ```

    ## Good
    ```yaml
    # chart: vllm
    image:
      tag: v0.10.0
    vllm:
      lora: {enabled: true}
      additionalArgs: ["--max-lora-rank=32"]
    ```
    """
    command = serving.command
    rank = _rank(command) if command and command.value("--enable-lora") else None
    if command and rank and rank.value not in (sizes := _sizes(command.release)):
        larger = [str(size) for size in sizes if size > rank.value]
        yield Problem(
            rank.path, f"rank {rank.value}: use {larger[0] if larger else sizes[-1]}"
        )


def _rank(command: CommandLine) -> Field[int] | None:
    """The rank, unless the parser of this very release refuses it, which is engine-argument-value-rejected."""
    refused = (
        refusal
        for refusal in command.parsed.refused
        if refusal.flag == _FLAG and not command.exact
    )
    for refusal in refused:
        if refusal.value and refusal.value.isdecimal():
            return Field(int(refusal.value), command.word(refusal).path)
    value = command.value(_FLAG)
    return Field(value, command.path(_FLAG)) if isinstance(value, int) else None


def _sizes(release: Release | None) -> tuple[int, ...]:
    one = () if release and release < (0, 11, 1) else (1,)
    return (*one, 8, 16, 32, 64, 128, 256, 320, 512)


_FLAG = "--max-lora-rank"
