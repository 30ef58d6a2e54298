"""Errors of the engine's argument parser: the last lines of a pod that does not start."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from helm_llm.engines.flag import Flag
from helm_llm.engines.parser import Reason, Refusal
from helm_llm.engines.table import Table
from helm_llm.engines.value import resolved
from helm_llm.simulator.failure import StartFailed

COMMANDS = (
    "chat",
    "complete",
    "serve",
    "launch",
    "bench",
    "collect-env",
    "run-batch",
    "preload",
    "snapshot",
)
SERVE = "vllm serve"
_USAGE = {
    "vllm": f"usage: vllm [-h] [-v] {{{','.join(COMMANDS)}}} ...",
    SERVE: "usage: vllm serve [model_tag] [options]",
}
_TYPES = {
    "human-int": "human_readable_int",
    "human-int-or-auto": "human_readable_int_or_auto",
    "json": "loads",
}
"""Types of the flag tables -> names of vLLM's functions that parse them."""
_TASK = """

Hint: --task is not a vllm serve option. For embedding, reranking, or reward models, use --runner pooling. To adapt a \
generative model for pooling, also use --convert embed, --convert classify, or --convert reward."""


def usage_line(program: str) -> str:
    """The line before every error."""
    return _USAGE.get(program, f"usage: {program} [-h] [options]")


def usage_error(program: str, message: str) -> StartFailed:
    """The error of argparse with this message."""
    return StartFailed(f"{usage_line(program)}\n{program}: error: {message}", 2)


def unknown_command_error(command: str) -> StartFailed:
    """The error for a subcommand that vLLM lacks."""
    choices = _list_choices(COMMANDS)
    return usage_error(
        "vllm",
        f"argument subparser: invalid choice: {command!r} (choose from {choices})",
    )


def is_surplus(refused: Refusal, words: Sequence[str], table: Table) -> bool:
    """Whether a word belongs to no option.

    The parser reports a word after a switch as a value of the switch.
    """
    if refused.reason is Reason.SURPLUS:
        return True
    if refused.reason is not Reason.VALUE or refused.value is None:
        return False
    if words[refused.index].startswith("-"):
        return False
    _, option, _ = table.find(refused.flag)[0]
    return option.is_switch


def refusal_error(
    refused: Sequence[Refusal], words: Sequence[str], table: Table, program: str
) -> StartFailed:
    """The error for the first reason that ends the parser.

    argparse checks ambiguous flags first, then values, then leftover words.
    """
    wrong_values = []
    for each in refused:
        if each.reason is Reason.AMBIGUOUS:
            message = f"ambiguous option: {each.flag} could match {each.expected}"
            return usage_error(program, message)
        if each.reason is not Reason.UNKNOWN and not is_surplus(each, words, table):
            wrong_values.append(each)
    if wrong_values:
        first = wrong_values[0]
        _, option, _ = table.find(first.flag)[0]
        complaint = _value_complaint(option, first)
        return usage_error(program, f"argument {_display_name(option)}: {complaint}")
    return _leftover_error(refused, words, program)


def _leftover_error(
    refused: Sequence[Refusal], words: Sequence[str], program: str
) -> StartFailed:
    left: list[str] = []
    for each in refused:
        left += _leftover_words(each, words)
    message = f"unrecognized arguments: {' '.join(left)}"
    for word in left:
        flag, _, _ = word.partition("=")
        if flag == "--task":
            message += _TASK
            break
    # The parser of the subcommand leaves these words to that of the program.
    if program == SERVE:
        program = "vllm"
    return usage_error(program, message)


def _value_complaint(option: Flag, refused: Refusal) -> str:
    text = refused.value
    if text is None:
        if option.kind == "list":
            return "expected at least one argument"
        return "expected one argument"
    if option.is_switch:
        return f"ignored explicit argument {text!r}"
    try:
        value = resolved(option, text)
    except (ValueError, RecursionError):
        name = _TYPES.get(option.type, option.type)
        if option.nullable or option.type == "json-object":
            return f"Value {text} cannot be converted to <{name}>."
        return f"invalid {name} value: {text!r}"
    if option.choices and str(value) not in option.choices:
        choices = _list_choices(option.choices, quoted=isinstance(value, str))
        return f"invalid choice: {value!r} (choose from {choices})"
    return refused.expected


def _list_choices(choices: Sequence[str], *, quoted: bool = True) -> str:
    # argparse of Python 3.12 shows choices without quotes.
    if quoted and sys.version_info < (3, 12):
        return ", ".join(map(repr, choices))
    return ", ".join(choices)


def _display_name(option: Flag) -> str:
    # Negations with these prefixes are not part of the name in vLLM's errors.
    hidden = ("--no-enable-", "--no-disable-")
    return "/".join(flag for flag in option.flags if not flag.startswith(hidden))


def _leftover_words(refused: Refusal, words: Sequence[str]) -> list[str]:
    """The word, and after an unknown flag the words that look like its values."""
    first = words[refused.index]
    if first.startswith("--"):  # vLLM's parser replaces underscores before it parses
        flag, equals, value = first.partition("=")
        first = flag.replace("_", "-") + equals + value
    leftover = [first]
    if refused.reason is not Reason.UNKNOWN:
        return leftover
    for word in words[refused.index + 1 :]:
        if word.startswith("-"):
            break
        leftover.append(word)
    return leftover
