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
    """The engine does not support this maximum rank of LoRA adapters.

    ## Why
    The rank must be one of a few sizes, or the server stops with
    `max_lora_rank (24) must be one of (8, 16, ...)`. The setting is a maximum: the next
    larger size also serves adapters of any smaller rank.

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
    if command is None or not command.value("--enable-lora"):
        return
    rank = _rank(command)
    sizes = _sizes(command.release)
    if rank is None or rank.value in sizes:
        return
    proposal = next((size for size in sizes if size > rank.value), sizes[-1])
    yield Problem(
        rank.path,
        f"maximum LoRA rank {rank.value} is not supported: use {proposal}",
    )


def _rank(command: CommandLine) -> Field[int] | None:
    value = command.value(_FLAG)
    path = command.path(_FLAG)
    # With a flag table of the release, engine-argument-value-rejected reports a rank
    # that the parser rejects. Without one, that rank is checked here.
    if not command.exact:
        for refusal in command.parsed.refused:
            text = refusal.value or ""
            if refusal.flag == _FLAG and text.isdecimal():
                value, path = int(text), command.word(refusal).path
                break
    return Field(value, path) if isinstance(value, int) else None


def _sizes(release: Release | None) -> tuple[int, ...]:
    sizes = (8, 16, 32, 64, 128, 256, 320, 512)
    if release and release < (0, 11, 1):
        return sizes
    return (1, *sizes)


_FLAG = "--max-lora-rank"
