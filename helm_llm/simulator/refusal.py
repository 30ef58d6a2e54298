"""How the engine's parser words what it refuses; these are the last lines of a pod that does not start."""

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
    "vllm": "usage: vllm [-h] [-v] {chat,complete,serve,launch,bench,collect-env,run-batch,preload,snapshot} ...",
    SERVE: "usage: vllm serve [model_tag] [options]",
}
_TYPES = {
    "human-int": "human_readable_int",
    "human-int-or-auto": "human_readable_int_or_auto",
    "json": "loads",
}
_TASK = """

Hint: --task is not a vllm serve option. For embedding, reranking, or reward models, use --runner pooling. To adapt a \
generative model for pooling, also use --convert embed, --convert classify, or --convert reward."""


def usage(program: str) -> str:
    """The line before every refusal."""
    return _USAGE.get(program, f"usage: {program} [-h] [options]")


def error(program: str, message: str) -> StartFailed:
    """What argparse prints."""
    return StartFailed(f"{usage(program)}\n{program}: error: {message}", 2)


def unknown_command(command: str) -> StartFailed:
    """A sub-command that vLLM does not have."""
    return error(
        "vllm",
        f"argument subparser: invalid choice: {command!r} (choose from {_choices(COMMANDS)})",
    )


def is_surplus(each: Refusal, words: Sequence[str], table: Table) -> bool:
    """A word that belongs to no option; one behind a switch is reported as the switch's."""
    behind_switch = (
        each.reason is Reason.VALUE
        and each.value is not None
        and not words[each.index].startswith("-")
    )
    return each.reason is Reason.SURPLUS or (
        behind_switch and table.find(each.flag)[0][1].is_switch
    )


def refusal(
    refused: Sequence[Refusal], words: Sequence[str], table: Table, program: str
) -> StartFailed:
    """The one that ends the parser: values are read before words that are left over count."""
    at_once = [
        each
        for each in refused
        if each.reason is not Reason.UNKNOWN and not is_surplus(each, words, table)
    ]
    for each in sorted(at_once, key=lambda each: each.reason is not Reason.AMBIGUOUS):
        return error(
            program,
            _ambiguous(each)
            if each.reason is Reason.AMBIGUOUS
            else _value(each, table),
        )
    left = [word for each in refused for word in _left_over(each, words)]
    hint = _TASK if any(word.partition("=")[0] == "--task" for word in left) else ""
    return error(
        "vllm" if program == SERVE else program,
        f"unrecognized arguments: {' '.join(left)}{hint}",
    )


def _ambiguous(each: Refusal) -> str:
    return f"ambiguous option: {each.flag} could match {each.expected}"


def _value(each: Refusal, table: Table) -> str:
    option = table.find(each.flag)[0][1]
    return f"argument {_name(option)}: {_complaint(option, each)}"


def _complaint(option: Flag, each: Refusal) -> str:
    if each.value is None:
        return (
            "expected at least one argument"
            if option.kind == "list"
            else "expected one argument"
        )
    if option.is_switch:
        return f"ignored explicit argument {each.value!r}"
    try:
        value = resolved(option, each.value)
    except (ValueError, RecursionError):
        name = _TYPES.get(option.type, option.type)
        if option.nullable or option.type == "json-object":
            return f"Value {each.value} cannot be converted to <{name}>."
        return f"invalid {name} value: {each.value!r}"
    if option.choices and str(value) not in option.choices:
        return f"invalid choice: {value!r} (choose from {_choices(option.choices, quoted=isinstance(value, str))})"
    return each.expected


def _choices(choices: Sequence[str], *, quoted: bool = True) -> str:
    """Newer Pythons show them as they are written."""
    return ", ".join(
        repr(choice) if quoted and sys.version_info < (3, 12) else choice
        for choice in choices
    )


def _name(option: Flag) -> str:
    hidden = ("--no-enable-", "--no-disable-")
    return "/".join(flag for flag in option.flags if not flag.startswith(hidden))


def _left_over(each: Refusal, words: Sequence[str]) -> list[str]:
    """The word itself, and behind an unknown flag what looks like its values."""
    flag, equals, value = words[each.index].partition("=")
    first = (
        flag.replace("_", "-") + equals + value
        if flag.startswith("--")
        else words[each.index]
    )
    if each.reason is not Reason.UNKNOWN:
        return [first]
    behind = words[each.index + 1 :]
    ends = [at for at, word in enumerate(behind) if word.startswith("-")]
    return [first, *behind[: ends[0] if ends else None]]
