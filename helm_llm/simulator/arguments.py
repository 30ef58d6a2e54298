"""Command line of an engine -> options, with the flag tables that lint uses too."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from helm_llm.engines import release as releases
from helm_llm.engines.parser import Given, Parsed, Refusal
from helm_llm.engines.parser import parse as parse_words
from helm_llm.engines.table import Table, load
from helm_llm.engines.table import releases as known
from helm_llm.engines.table import table as table_of
from helm_llm.engines.value import resolved
from helm_llm.simulator import config_file
from helm_llm.simulator.failure import BadSetting, StartFailed
from helm_llm.simulator.log import log_line
from helm_llm.simulator.overlay import extend_table
from helm_llm.simulator.personality import Personality
from helm_llm.simulator.refusal import SERVE, is_surplus, refusal_error, usage_error

Options: TypeAlias = "Mapping[str, Any]"
"""Options by long name without dashes; only those that are given."""

_MODEL = re.compile(r"--model(?:=.+)?", re.DOTALL)
_SERVED_NAME = re.compile(r"--served[-_]model[-_]name(?:=.+)?", re.DOTALL)
_ADVICE = "With `vllm serve`, you should provide the model as a positional argument or in a config file"
_NO_MODEL = """\
ValueError: `model` should be provided as the first positional argument when using `vllm serve`. i.e. `vllm serve \
<model> --<arg> <value>`."""


def choose_vllm_release(environ: Mapping[str, str]) -> str:
    """The version to answer like: SIM_VLLM_VERSION, or the newest with a flag table."""
    wanted = environ.get("SIM_VLLM_VERSION")
    if not wanted:
        return releases.release_text(known()[-1])
    number = releases.release(wanted)
    if number is None or table_of(number) is None:
        tables = ", ".join(map(releases.release_text, known()))
        raise BadSetting(
            f"SIM_VLLM_VERSION={wanted} has no table of options; choose from {tables}"
        )
    return releases.release_text(number)


def options_help(personality: Personality, version: str) -> str:
    """All options, a line each."""
    table = _table(personality, version)
    lines = ["options:"]
    # Each spelling of an option is a key, so the values have repetitions.
    for option in dict.fromkeys(table.options.values()):
        spellings = ", ".join(option.flags)
        lines.append(f"  {spellings}")
    return "\n".join(lines)


def parse_arguments(
    personality: Personality, version: str, words: Sequence[str], program: str = SERVE
) -> Options:
    """Parse a command line; raises StartFailed with the error of the engine."""
    table = _table(personality, version)
    if program == SERVE and personality.dialect == "vllm":
        words = _move_model_first(words, table)
    words = _insert_config_file(words, table)
    model, words = _take_model(words, program)
    # After a word in the place of the model, every word that belongs to no option is
    # surplus. The first of them is the model.
    words = ["model_tag", *words]
    parsed = parse_words(words, table)
    surplus: Refusal | None = None
    refused: list[Refusal] = []
    for each in parsed.refused:
        if surplus is None and is_surplus(each, words, table):
            surplus = each
        else:
            refused.append(each)
    if refused:
        raise refusal_error(refused, words, table, program)
    if surplus and program == SERVE:
        model = words[surplus.index]
    options = _given_options(parsed, program)
    if model:
        options = {"model": model, **options}
    _check_options(options)
    return options


def _table(personality: Personality, version: str) -> Table:
    table: Table | None = None
    number = releases.release(version)
    if number:
        table = table_of(number)
    if table is None:
        table = load(known()[-1])
    return extend_table(table, personality)


def _move_model_first(words: Sequence[str], table: Table) -> Sequence[str]:
    """`vllm serve --model X` -> `vllm serve X`, where this release does so.

    StartFailed for a served name without a model.
    """
    if not table.moves_model and "--model" in words:
        raise StartFailed(f"ValueError: {_ADVICE} instead of via the `--model` option.")
    if table.moves_model and any(map(_MODEL.fullmatch, words)):
        log_line(f"WARNING: {_ADVICE}.")
        model, others = _take_model(words, SERVE)
        return [model, *others]
    if not any(map(_SERVED_NAME.fullmatch, words)):
        return words
    # The file may name the model.
    has_config = any(word.startswith("--config") for word in words)
    has_model = not words[0].startswith("-")
    if not has_model and not has_config:
        raise StartFailed(_NO_MODEL)
    return words


def _take_model(words: Sequence[str], program: str) -> tuple[str, Sequence[str]]:
    """The value of `--model`, from a file or the command line, and the other words."""
    at = _first_model_flag(words)
    if at is None:
        return "", words
    _, equals, model = words[at].partition("=")
    after = at + 1
    if not equals:
        following = words[after : after + 1]
        if not following or following[0].startswith("-"):
            raise usage_error(program, "argument --model: expected one argument")
        model = following[0]
        after += 1
    later, others = _take_model(words[after:], program)
    remaining = [*words[:at], *others]
    # The last of several wins.
    return later or model, remaining


def _first_model_flag(words: Sequence[str]) -> int | None:
    for at, word in enumerate(words):
        if _MODEL.fullmatch(word):
            return at
    return None


def _insert_config_file(words: Sequence[str], table: Table) -> Sequence[str]:
    """Words of the `--config` file, before the user's words, which win."""
    if "--config" not in words:
        return words
    at = list(words).index("--config")
    if at == len(words) - 1:
        raise StartFailed(
            "ValueError: No config file specified! Please check your command-line arguments."
        )
    file = words[at + 1]
    file_words = config_file.read_arguments(file, table.options)
    before, after = words[:at], words[at + 2 :]
    own = [*before, *after]
    if own and not own[0].startswith("-"):
        model, *options = own
        return [model, *file_words, *options]
    return [*file_words, *own]


def _given_options(parsed: Parsed, program: str) -> Options:
    options: dict[str, object] = {}
    # A later occurrence of an option replaces an earlier one.
    for given in parsed.given:
        name = given.option.name.removeprefix("--")
        options[name] = _option_value(given, program)
    return options


def _option_value(given: Given, program: str) -> object:
    option = given.option
    if option.is_switch:
        return given.on
    if option.name == "--lora-modules":
        return _lora_modules(given.values, program)
    values = [resolved(option, word) for word in given.values]
    if option.kind in ("list", "append"):
        return values
    if not values:
        return None
    return values[0]


def _lora_modules(words: Sequence[str], program: str) -> list[Mapping[str, object]]:
    modules: list[Mapping[str, object]] = []
    for word in words:
        # vLLM skips an empty word.
        if not word:
            continue
        module = _parse_lora_module(word, program)
        modules.append(module)
    return modules


def _parse_lora_module(word: str, program: str) -> Mapping[str, object]:
    if "=" in word and "," not in word:
        name, _, path = word.partition("=")
        return {"name": name, "path": path}
    try:
        module = json.loads(word)
    except ValueError:
        message = f"Invalid JSON format for --lora-modules: {word}"
        raise usage_error(program, message) from None
    if not isinstance(module, dict) or not {"name", "path"} <= set(module):
        raise usage_error(program, f"Invalid fields for --lora-modules: {word}")
    return module


def _check_options(options: Options) -> None:
    if options.get("enable-auto-tool-choice") and not options.get("tool-call-parser"):
        raise StartFailed(
            "TypeError: Error: --enable-auto-tool-choice requires --tool-call-parser"
        )
    for name in ("uds", "grpc"):
        if options.get(name):
            raise BadSetting(f"--{name} is not simulated, only HTTP on a port is")
