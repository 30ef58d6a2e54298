"""engine-argument-value-rejected."""

from __future__ import annotations

from collections.abc import Iterator

from helm_llm.engines.parser import Given, Reason, Refusal
from helm_llm.engines.value import resolved
from helm_llm.lint.rule import Confidence, Problem, Severity, rule
from helm_llm.lint.suggest import near
from helm_llm.serving.spec.command_line import CommandLine
from helm_llm.serving.spec.spec import ServingSpec


@rule("engine-argument-value-rejected", Severity.ERROR, Confidence.CERTAIN)
def engine_argument_value_rejected(serving: ServingSpec) -> Iterator[Problem]:
    """The engine rejects the value of an argument.

    ## Why
    The server stops at startup, for example with `argument --dtype: invalid choice`,
    with `ignored explicit argument 'true'` for a switch that has a value, or with
    `Unknown quantization method` for a value that the parser accepts and the engine
    rejects later.

    Values are checked against the release in the tag of vllm/vllm-openai. Nothing is
    reported for other images.

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
        yield Problem(command.word(refusal).path, _message(command, refusal))
    for given in command.parsed.given:
        complaint = _later_complaint(command, given)
        if complaint is None:
            continue
        path = command.word(given).path
        value = given.values[-1]
        yield Problem(path, f"{given.spelling} {value}: {complaint}")


def _message(command: CommandLine, refusal: Refusal) -> str:
    if refusal.value is None:
        return f"{refusal.flag}: expected {refusal.expected}"
    given = f"{refusal.flag} {refusal.value}"
    option = command.options.get(refusal.flag)
    if option and option.is_switch:
        return f"{given}: a switch takes no value"
    return f"{given}: expected {refusal.expected}"


def _later_complaint(command: CommandLine, given: Given) -> str | None:
    """Why the engine rejects a value that its parser accepts; None if it does not."""
    if not given.values or not given.values[-1]:
        return None
    option = given.option
    word = given.values[-1]
    number = None
    if option.type in _NUMBERS:
        number = resolved(option, word)
    if number is not None:
        if option.name == "--gpu-memory-utilization" and not 0 < number <= 1:
            return "expected a number above 0 and at most 1"
        if option.name in _SIZES and number < 1:
            return "expected at least 1"
    return _unknown_choice(command, given)


def _unknown_choice(command: CommandLine, given: Given) -> str | None:
    choices = given.option.engine_choices
    word = given.values[-1]
    known = {choice.casefold() for choice in choices}
    if not known or word.casefold() in known:
        return None
    if _may_be_added(command, given.option.name, word):
        return None
    if similar := near(word, choices):
        return f"did you mean {similar}?"
    return f"expected one of {', '.join(choices)}"


def _may_be_added(command: CommandLine, name: str, word: str) -> bool:
    """Whether a plugin or a custom class may provide this value."""
    # vLLM looks the tool parser up only when tools are enabled.
    if name == "--tool-call-parser" and not command.value("--enable-auto-tool-choice"):
        return True
    plugin = f"{name.removesuffix('-parser').replace('-call', '')}-parser-plugin"
    if command.value(plugin) or "VLLM_PLUGINS" in command.variables:
        return True
    # `none` switches a feature off; with a dot it is the path of a Python class.
    return word == "none" or "." in word


_NUMBERS = ("int", "float", "human-int")
_SIZES = (
    "--tensor-parallel-size",
    "--pipeline-parallel-size",
    "--data-parallel-size",
    "--max-num-seqs",
    "--max-num-batched-tokens",
)
