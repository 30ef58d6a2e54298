"""engine-argument-value-rejected."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.engines.parser import Given, Reason
from helm_llm.engines.value import resolved
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.suggest import near
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-argument-value-rejected", Severity.ERROR, Confidence.CERTAIN)
def engine_argument_value_rejected(serving: ServingSpec) -> Iterator[Problem]:
    """The engine does not take this value of an argument.

    ## Why
    The server stops at start: `argument --dtype: invalid choice`, `ignored explicit argument 'true'` for a switch with
    a value, `Unknown quantization method` for what the parser lets through and the engine refuses. What a release takes
    follows from the tag of vllm/vllm-openai; of other images nothing is reported.

    ## Bad
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs: ["--dtype=fp16", "--enable-prefix-caching=true"]
    ```

    ## Good
    ```yaml
    # chart: vllm
    vllm:
      additionalArgs: ["--dtype=half", "--enable-prefix-caching"]
    ```
    """
    command = serving.command
    if command is None or not command.exact:
        return
    for refusal in command.refused(Reason.VALUE):
        value = "" if refusal.value is None else f" {refusal.value}"
        wanted = (
            "wants "
            if refusal.expected[:1] in "aoJnt" and refusal.value is None
            else ""
        )
        yield Problem(
            command.word(refusal).path,
            f"{refusal.flag}{value}: {wanted}{refusal.expected}",
        )
    for given in command.parsed.given:
        if expected := _later(command, given):
            yield Problem(
                command.word(given).path,
                f"{given.spelling} {given.values[-1]}: {expected}",
            )


def _later(command: CommandLine, given: Given) -> str | None:
    """What the engine refuses when its parser is done."""
    option, word = given.option, given.values[-1] if given.values else ""
    number = resolved(option, word) if option.type in _NUMBERS and word else None
    if (
        option.name == "--gpu-memory-utilization"
        and number is not None
        and not 0 < number <= 1
    ):
        return "a fraction above 0, at most 1"
    if option.name in _SIZES and number is not None and number < 1:
        return "at least 1"
    known = {choice.casefold() for choice in option.engine_choices}
    if (
        not known
        or not word
        or word.casefold() in known
        or _extended(command, option.name, word)
    ):
        return None
    similar = near(word, option.engine_choices)
    return (
        f"did you mean {similar}?"
        if similar
        else f"one of {', '.join(option.engine_choices)}"
    )


def _extended(command: CommandLine, name: str, word: str) -> bool:
    """Whether something that we do not see may bring this value."""
    if name == "--tool-call-parser" and not command.value("--enable-auto-tool-choice"):
        return True
    plugin = f"{name.removesuffix('-parser').replace('-call', '')}-parser-plugin"
    return (
        bool(command.value(plugin))
        or "VLLM_PLUGINS" in command.variables
        or word == "none"
        or "." in word
    )


_NUMBERS = ("int", "float", "human-int")
_SIZES = (
    "--tensor-parallel-size",
    "--pipeline-parallel-size",
    "--data-parallel-size",
    "--max-num-seqs",
    "--max-num-batched-tokens",
)
